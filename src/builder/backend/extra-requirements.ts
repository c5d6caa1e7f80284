import type { SdistFiles } from "../../packages/index.ts";
import { declaredBackend } from "./build-system.ts";

/**
 * Whether the files of a source distribution show that its backend has no additional build requirements
 * (`get_requires_for_build_wheel`, PEP 517). Two backends never have any, and setuptools only those of
 * `setup_requires`. A `setup.py` is a program and may hide that, so the build itself still asks the backend.
 */
export async function declaresAllRequirements(files: SdistFiles, label: string): Promise<boolean> {
  const { pyproject, setupPy = "", setupCfg = "" } = files;
  const backend = pyproject === undefined ? undefined : await declaredBackend(pyproject, label);
  if (backend === "setuptools.build_meta") return !/setup_requires/.test(setupPy + setupCfg);
  return backend === "flit_core.buildapi" || backend === "poetry.core.masonry.api";
}
