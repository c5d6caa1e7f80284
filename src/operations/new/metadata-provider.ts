import { join } from "node:path";
import { isTable, refuseKey, type TomlDocument, type TomlTable, withLine } from "../../toml/index.ts";
import { textIfThere } from "../../system/fs/index.ts";

/**
 * Who says the name, the version and the dependencies of a folder without `[project]`: a new `[project]`, or a build
 * backend that reads other files. `buildSystem` is the table that such a backend needs.
 */
export type MetadataProvider =
  | { readonly kind: "project" }
  | { readonly kind: "backend"; readonly buildSystem: string };

/** Build backends that read metadata only from `[project]`, so that a `setup.py` next to them has no effect. */
const projectOnly = /^(hatchling|pdm|uv_build|scikit_build_core|jupyter_packaging)\b/;

/**
 * Returns the provider of the metadata of a folder whose `pyproject.toml` has no `[project]`. `names` are the names of
 * the files in the folder. Throws `invalid-project` for a project that only Poetry can read.
 */
export async function metadataProvider(
  document: TomlDocument,
  folder: string,
  names: readonly string[],
): Promise<MetadataProvider> {
  const tool = tableIn(document.value, "tool");
  if (tableIn(tool, "poetry")["name"] !== undefined) {
    throw withLine(
      refuseKey("tool.poetry", "says what the project is in a way that only Poetry reads", {
        hint: "move it to `[project]`, which Poetry 2 reads too, then run `posy init` again",
      }),
      document,
    );
  }
  // Flit refuses a `pyproject.toml` with both `[project]` and `[tool.flit.metadata]`.
  if (tableIn(tool, "flit")["metadata"] !== undefined) {
    return { kind: "backend", buildSystem: buildSystem("flit_core>=3.2,<4", "flit_core.buildapi") };
  }
  const backend = tableIn(document.value, "build-system")["build-backend"];
  if (typeof backend === "string") {
    if (projectOnly.test(backend)) return { kind: "project" };
    const isOther =
      (/^maturin\b/.test(backend) && names.includes("Cargo.toml")) ||
      (/^mesonpy\b/.test(backend) && names.includes("meson.build")) ||
      (/^sipbuild\b/.test(backend) && tool["sip"] !== undefined);
    if (isOther) return { kind: "backend", buildSystem: "" };
  }
  if (names.includes("setup.py") || (await hasMetadata(folder, names))) {
    return { kind: "backend", buildSystem: buildSystem("setuptools>=77", "setuptools.build_meta") };
  }
  return { kind: "project" };
}

/** Whether `setup.cfg` describes a project. Most of these files only have settings of linters. */
async function hasMetadata(folder: string, names: readonly string[]): Promise<boolean> {
  if (!names.includes("setup.cfg")) return false;
  const text = (await textIfThere(join(folder, "setup.cfg"))) ?? "";
  return /^\[metadata\]\s*$(?:\n(?!\[).*)*?\n\s*name\s*[=:]/m.test(text);
}

function buildSystem(requires: string, backend: string): string {
  return `[build-system]\nrequires = ["${requires}"]\nbuild-backend = "${backend}"\n`;
}

function tableIn(table: TomlTable, key: string): TomlTable {
  const value = table[key];
  return isTable(value) ? value : {};
}
