import type { SdistFiles } from "../../packages/index.ts";
import { declaredBackend } from "./build-system.ts";

/**
 * Whether it can be told from a source distribution's own files that its backend asks for nothing beyond what they declare (`get_requires_for_build_wheel`,
 * PEP 517): two backends never do, and setuptools for `setup_requires` only. A `setup.py` is a program and may hide that; so the build asks all the same.
 */
export async function declaresAllRequirements(files: SdistFiles, label: string): Promise<boolean> {
  const { pyproject, setupPy = "", setupCfg = "" } = files;
  const backend = pyproject === undefined ? undefined : await declaredBackend(pyproject, label);
  if (backend === "setuptools.build_meta") return !/setup_requires/.test(setupPy + setupCfg);
  return backend === "flit_core.buildapi" || backend === "poetry.core.masonry.api";
}
