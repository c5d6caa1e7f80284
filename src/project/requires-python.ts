import { join } from "node:path";
import { PosyError } from "../errors/posy-error.ts";
import { foldersUpwards } from "../packages/index.ts";
import { parseSpecifierSet, type SpecifierSet } from "../vocab/version/index.ts";
import { readNamedText } from "../system/fs/index.ts";

/** Which Pythons a project is for. */
export interface RequiresPython {
  readonly specifier: SpecifierSet;
  /** The `pyproject.toml` that says so. */
  readonly path: string;
}

/** `requires-python` of the project that a folder is in (PEP 621): the nearest `pyproject.toml` upwards with `[project]`. Throws `invalid-configuration`. */
export async function requiresPython(cwd: string): Promise<RequiresPython | undefined> {
  for (const folder of foldersUpwards(cwd)) {
    const path = join(folder, "pyproject.toml");
    const text = await readNamedText(path).catch(() => "");
    // Most that lie around have none: then no TOML has to be read.
    if (!/^\s*\[?\s*project\b/m.test(text)) continue;
    const project = await projectTable(text, path);
    if (project === undefined) continue;
    const said = project["requires-python"];
    return said === undefined ? undefined : { specifier: specifierOf(said, path), path };
  }
  return undefined;
}

async function projectTable(text: string, path: string): Promise<Record<string, unknown> | undefined> {
  const { parse } = await import("smol-toml");
  try {
    const { project } = parse(text);
    return typeof project === "object" && project !== null ? (project as Record<string, unknown>) : undefined;
  } catch (cause) {
    const [said] = (cause as Error).message.split("\n");
    throw new PosyError("invalid-configuration", `\`${path}\` is not TOML: ${said ?? ""}`, {
      hint: "correct the file",
      cause,
    });
  }
}

function specifierOf(said: unknown, path: string): SpecifierSet {
  try {
    if (typeof said === "string") return parseSpecifierSet(said);
  } catch (cause) {
    throw malformed(path, `\`${String(said)}\` is no version specifier`, cause);
  }
  throw malformed(path, "it is not a text");
}

function malformed(path: string, why: string, cause?: unknown): PosyError {
  return new PosyError("invalid-configuration", `\`requires-python\` in \`${path}\` can't be read: ${why}`, {
    hint: 'write it as `requires-python = ">=3.10"`',
    cause,
  });
}
