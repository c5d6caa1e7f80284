import { join } from "node:path";
import { PosyError } from "../errors/posy-error.ts";
import { foldersUpwards } from "../packages/index.ts";
import { parseSpecifierSet, type SpecifierSet } from "../vocab/version/index.ts";
import { isTable, parseToml, TomlSyntaxError, type TomlTable } from "../toml/index.ts";
import { readNamedText } from "../system/fs/index.ts";

/** The Pythons that a project supports. */
export interface RequiresPython {
  readonly specifier: SpecifierSet;
  /** The path of the `pyproject.toml` that has it. */
  readonly path: string;
}

/**
 * Returns `requires-python` of the project that a folder is in (PEP 621). The project is the nearest `pyproject.toml`
 * upwards that has a `[project]` table. Undefined if there is none. Throws `invalid-configuration`.
 */
export async function requiresPython(cwd: string): Promise<RequiresPython | undefined> {
  for (const folder of foldersUpwards(cwd)) {
    const path = join(folder, "pyproject.toml");
    const text = await readNamedText(path).catch(() => "");
    // Without this text there is no `[project]`, so the TOML need not be parsed.
    if (!/^\s*\[?\s*project\b/m.test(text)) continue;
    const project = await projectTable(text, path);
    if (project === undefined) continue;
    const written = project["requires-python"];
    return written === undefined ? undefined : { specifier: specifierOf(written, path), path };
  }
  return undefined;
}

async function projectTable(text: string, path: string): Promise<TomlTable | undefined> {
  try {
    const { project } = await parseToml(text);
    return isTable(project) ? project : undefined;
  } catch (cause) {
    if (!(cause instanceof TomlSyntaxError)) throw cause;
    throw new PosyError("invalid-configuration", `\`${path}\` is not TOML: ${cause.message}`, {
      hint: "correct the file",
      cause,
    });
  }
}

function specifierOf(written: unknown, path: string): SpecifierSet {
  try {
    if (typeof written === "string") return parseSpecifierSet(written);
  } catch (cause) {
    throw malformed(path, `\`${String(written)}\` is not a version specifier`, cause);
  }
  throw malformed(path, "it is not a string");
}

function malformed(path: string, why: string, cause?: unknown): PosyError {
  return new PosyError("invalid-configuration", `\`requires-python\` in \`${path}\` can't be read: ${why}`, {
    hint: 'write it as `requires-python = ">=3.10"`',
    cause,
  });
}
