import { join, relative, resolve, sep, isAbsolute } from "node:path";
import { realpath } from "node:fs/promises";
import { PosyError } from "../../errors/posy-error.ts";
import { asPosyError, errnoOf, exists, readNamedText } from "../../system/fs/index.ts";
import { quote } from "../../text/index.ts";
import { isTable, parseToml, TomlSyntaxError, type TomlTable } from "../../toml/index.ts";
import { hasNoSources, hintWithoutSources } from "../sources/missing-modules.ts";
import { parseRequirement, type Requirement } from "../../vocab/requirement/index.ts";

/** `[build-system]` of a source tree (PEP 517, 518), or by default setuptools' legacy backend. */
export interface BuildSystem {
  readonly requires: readonly Requirement[];
  /** `module`, or `module:object.attribute`. */
  readonly backend: string;
  /** Folders that the backend is loaded from, relative to the tree. Usually empty. */
  readonly backendPath: readonly string[];
  /** The tree names no backend. */
  readonly legacy: boolean;
}

const legacyBackend = "setuptools.build_meta:__legacy__";
const legacyRequires = "setuptools>=40.8.0";
const backendSyntax = /^[\p{L}\p{N}_]+(?:\.[\p{L}\p{N}_]+)*(?::[\p{L}\p{N}_]+(?:\.[\p{L}\p{N}_]+)*)?$/u;

/**
 * Reads how the tree in `root` is built. `label` names it in messages. Throws `invalid-source` if `pyproject.toml`
 * violates PEP 517 or 518, or if nothing says how to build the tree.
 */
export async function readBuildSystem(root: string, label: string): Promise<BuildSystem> {
  const text = await textOf(join(root, "pyproject.toml"));
  const pyproject = text === undefined ? {} : await parsePyproject(text, label);
  const table = pyproject["build-system"];
  if (table !== undefined) {
    if (!isTable(table)) throw malformed(label, "`build-system` is not a table");
    return declared(table, root, label);
  }
  if (!(await setuptoolsCanBuild(root, pyproject))) throw nothingToBuild(label, pyproject);
  return {
    requires: [parseRequirement(legacyRequires)],
    backend: legacyBackend,
    backendPath: [],
    legacy: true,
  };
}

/**
 * Returns the build requirements in the text of a `pyproject.toml`. Undefined if it has no `[build-system]`, so that
 * the whole tree must be read (`readBuildSystem`). Throws `invalid-source`.
 */
export async function declaredRequires(
  text: string,
  label: string,
): Promise<readonly Requirement[] | undefined> {
  const table = (await parsePyproject(text, label))["build-system"];
  return isTable(table) ? requiresOf(table, label) : undefined;
}

/**
 * Returns the backend that the text of a `pyproject.toml` names. Undefined if it names none, or if the backend is a
 * part of the source (`backend-path`). Throws `invalid-source`.
 */
export async function declaredBackend(text: string, label: string): Promise<string | undefined> {
  const table = (await parsePyproject(text, label))["build-system"];
  if (!isTable(table) || table["backend-path"] !== undefined) return undefined;
  const backend = table["build-backend"];
  return typeof backend === "string" ? backend : undefined;
}

function requiresOf(table: TomlTable, label: string): readonly Requirement[] {
  if (table["requires"] === undefined) {
    throw malformed(
      label,
      "`build-system` has no `requires` (PEP 518)",
      "add `requires = []`, with what the build needs",
    );
  }
  const requires = texts(table["requires"], "build-system.requires", label).map((entry) => {
    try {
      return parseRequirement(entry);
    } catch (cause) {
      const why = cause instanceof PosyError ? cause.message : String(cause);
      throw new PosyError(
        "invalid-source",
        `\`build-system.requires\` in \`pyproject.toml\` of \`${label}\` has ${quote(entry)}: ${why}`,
        {
          cause,
          hint: "a requirement is a name and versions, as in `setuptools>=61`",
        },
      );
    }
  });
  // PEP 518 predates build backends: a tree that names no backend means setuptools, and usually requires it.
  const named = table["build-backend"] !== undefined || requires.some(({ name }) => name === "setuptools");
  return named ? requires : [...requires, parseRequirement(legacyRequires)];
}

async function declared(table: TomlTable, root: string, label: string): Promise<BuildSystem> {
  const requires = requiresOf(table, label);
  const backendPath = await insideTree(
    texts(table["backend-path"] ?? [], "build-system.backend-path", label),
    root,
    label,
  );
  const backend = table["build-backend"];
  if (backend === undefined) {
    if (backendPath.length > 0) {
      throw malformed(label, "`build-system` has a `backend-path` and no `build-backend` (PEP 517)");
    }
    return {
      requires,
      backend: legacyBackend,
      backendPath,
      legacy: true,
    };
  }
  if (typeof backend !== "string" || !backendSyntax.test(backend)) {
    throw malformed(
      label,
      `\`build-system.build-backend\` is ${typeof backend === "string" ? quote(backend) : "not a text"}`,
      "it is `module` or `module:object`, as in `hatchling.build`",
    );
  }
  return { requires, backend, backendPath, legacy: false };
}

/** Checks that the folders are relative to the tree and lie in it, also after resolving links (PEP 517). */
async function insideTree(paths: readonly string[], root: string, label: string): Promise<readonly string[]> {
  const top = await realpath(root);
  for (const path of paths) {
    const outside = malformed(
      label,
      `\`build-system.backend-path\` has ${quote(path)}, which leads out of the tree`,
    );
    if (isAbsolute(path) || !isBelow(resolve(root, path), resolve(root))) throw outside;
    const real = await realpath(join(root, path)).catch((cause: unknown) => {
      if (errnoOf(cause) === "ENOENT") {
        const hint = hasNoSources(root) ? hintWithoutSources : undefined;
        throw malformed(label, `\`build-system.backend-path\` has ${quote(path)}, which is not there`, hint);
      }
      throw asPosyError(cause, `reading \`${join(root, path)}\``);
    });
    if (!isBelow(real, top)) throw outside;
  }
  return paths;
}

function isBelow(path: string, folder: string): boolean {
  const relativePath = relative(folder, path);
  return relativePath !== ".." && !relativePath.startsWith(`..${sep}`) && !isAbsolute(relativePath);
}

async function setuptoolsCanBuild(root: string, pyproject: TomlTable): Promise<boolean> {
  if (await exists(join(root, "setup.py"))) return true;
  // Metadata without a backend belong to setuptools by default. A `setup.cfg` without metadata may belong to a linter.
  if (isTable(pyproject["project"])) return true;
  return /^\[metadata\]/m.test((await textOf(join(root, "setup.cfg"))) ?? "");
}

/** The build systems of tools that once needed only their own table. */
const byTool: Readonly<Record<string, readonly [requires: string, backend: string]>> = {
  poetry: ["poetry-core", "poetry.core.masonry.api"],
  flit: ["flit_core>=3.2,<4", "flit_core.buildapi"],
  hatch: ["hatchling", "hatchling.build"],
  pdm: ["pdm-backend", "pdm.backend"],
  maturin: ["maturin>=1,<2", "maturin"],
};

function nothingToBuild(label: string, pyproject: TomlTable): PosyError {
  const tools = pyproject["tool"];
  const tool = isTable(tools) ? Object.keys(byTool).find((name) => isTable(tools[name])) : undefined;
  const [requires, backend] = (tool && byTool[tool]) || ["setuptools>=61", "setuptools.build_meta"];
  const lines = ["[build-system]", `requires = ["${requires}"]`, `build-backend = "${backend}"`];
  return new PosyError(
    "invalid-source",
    `\`${label}\` has no build system: there is no \`setup.py\`, and ${
      Object.keys(pyproject).length > 0 ? "its `pyproject.toml` names none" : "no `pyproject.toml`"
    }`,
    {
      hint:
        tool === undefined
          ? `a folder of modules needs a \`pyproject.toml\` with these lines:\n${[...lines, "[project]", 'name = "…"', 'version = "0.1"'].map(indented).join("\n")}`
          : `add these lines to its \`pyproject.toml\`:\n${lines.map(indented).join("\n")}`,
    },
  );
}

const indented = (line: string) => `    ${line}`;

async function parsePyproject(text: string, label: string): Promise<TomlTable> {
  try {
    return await parseToml(text);
  } catch (cause) {
    if (!(cause instanceof TomlSyntaxError)) throw cause;
    throw new PosyError(
      "invalid-source",
      `\`pyproject.toml\` of \`${label}\` is not TOML: ${cause.message}`,
      {
        cause,
        hint: "correct that file, or choose another version",
      },
    );
  }
}

function texts(value: unknown, key: string, label: string): readonly string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw malformed(label, `\`${key}\` is not a list of texts`);
}

function malformed(
  label: string,
  what: string,
  hint = "correct that file, or choose another version",
): PosyError {
  return new PosyError("invalid-source", `\`pyproject.toml\` of \`${label}\`: ${what}`, { hint });
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readNamedText(path);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errnoOf(error))) return undefined;
    throw asPosyError(error, `reading \`${path}\``);
  }
}
