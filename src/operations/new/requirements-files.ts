import { readdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { decodeText } from "../../project/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { asPosyError, errnoOf, readNamedFile } from "../../system/fs/index.ts";
import { type RequirementsRole, roleOf } from "./requirements-role.ts";
import { type IncludedFile, type TakenRequirements, takeRequirements } from "./take-requirements.ts";

/** A requirements file of a project, with the contents of included files that have no role. */
export interface FileWithRole extends TakenRequirements {
  /** The absolute path. */
  readonly path: string;
  /** Its path relative to the project, with `/`. */
  readonly file: string;
  readonly role: RequirementsRole;
  /** The files that it includes (`-r`) and that have a role themselves. */
  readonly includes: readonly IncludedFile[];
}

/** The requirements files of a folder, and a sentence for each file that was not read. */
export interface RequirementsFiles {
  readonly files: readonly FileWithRole[];
  readonly left: readonly string[];
}

const samePins = "all groups and dependencies are locked together, so they have the same versions anyway";

/**
 * Reads the requirements files of a folder whose names tell their purpose, and the files that they include. `names` are
 * the names of the files in the folder. Throws `permission`, `filesystem`.
 */
export async function readFilesWithRoles(
  folder: string,
  names: readonly string[],
): Promise<RequirementsFiles> {
  const { roles, sources, left } = await rolesIn(folder, names);
  const files: FileWithRole[] = [];
  for (const [path, { file, role }] of roles) {
    try {
      const read = await takeFile(path, folder);
      files.push({ ...(await withIncludes(read, new Set([path]))), path, file, role });
    } catch (error) {
      if (!(error instanceof PosyError) || error.code !== "invalid-requirements-file") throw error;
      left.push(`\`${file}\` is left: ${error.message}`);
    }
  }
  return { files: await withConstraintsFiles(files), left };

  /** Adds the contents of included files without a role. `seen` are the paths that were read. */
  async function withIncludes(read: TakenRequirements, seen: Set<string>): Promise<TakenRequirements> {
    let whole: TakenRequirements = { ...read, includes: [] };
    for (const { path, leave } of read.includes) {
      const source = sources.get(path) ?? path;
      if (roles.has(source)) {
        whole = { ...whole, includes: [...whole.includes, { path: source, leave }] };
        continue;
      }
      if (seen.has(source)) continue;
      seen.add(source);
      const included = await takeIncluded(source, leave);
      whole = joined(
        whole,
        typeof included === "string" ? nothing([included]) : await withIncludes(included, seen),
      );
    }
    return whole;
  }

  /** Reads a file that another file names; returns a sentence if there is no such file. */
  async function takeIncluded(
    path: string,
    leave: IncludedFile["leave"],
  ): Promise<TakenRequirements | string> {
    if (/^https?:/i.test(path)) return leave("it is a URL");
    try {
      return await takeFile(path, folder);
    } catch (error) {
      if (!(error instanceof PosyError)) throw error;
      return leave(errnoOf(error.cause) === "ENOENT" ? "there is no such file" : error.message);
    }
  }

  /** Adds the files that are named with `-c` only and have no role. */
  async function withConstraintsFiles(all: readonly FileWithRole[]): Promise<readonly FileWithRole[]> {
    const included = new Set(all.flatMap(({ includes }) => includes.map(({ path }) => path)));
    const whole = [...all];
    const seen = new Set<string>();
    // The list grows during the loop.
    for (let index = 0; index < whole.length; index++) {
      const { constraints, ...rest } = whole[index] as FileWithRole;
      const sentences: string[] = [];
      for (const { path, leave } of constraints) {
        const source = sources.get(path) ?? path;
        const role = roles.get(source)?.role;
        if (role !== undefined) {
          const isOnlyConstraints =
            role.kind === "constraints" || (role.kind === "group" && !included.has(source));
          if (!isOnlyConstraints) sentences.push(leave(samePins));
          continue;
        }
        if (seen.has(source)) continue;
        seen.add(source);
        const read = await takeIncluded(source, leave);
        if (typeof read === "string") sentences.push(read);
        else {
          whole.push({
            ...(await withIncludes(read, new Set([source]))),
            path: source,
            file: relative(folder, source).replaceAll("\\", "/"),
            role: { kind: "constraints" },
          });
        }
      }
      whole[index] = { ...rest, constraints, left: [...rest.left, ...sentences] };
    }
    return whole;
  }
}

/**
 * Returns the files with a role by path. `sources` maps a compiled `.txt` to the `.in` that it was made from. `left`
 * has a sentence for each file that is not read.
 */
async function rolesIn(folder: string, names: readonly string[]) {
  const nested = names.includes("requirements")
    ? (await readdir(join(folder, "requirements")).catch(() => [])).map((name) => `requirements/${name}`)
    : [];
  const all = [...names, ...nested].sort();
  const roles = new Map<string, { readonly file: string; readonly role: RequirementsRole }>();
  const sources = new Map<string, string>();
  const left: string[] = [];
  for (const file of all) {
    const role = roleOf(file);
    if (role === undefined) continue;
    const source = file.replace(/txt$/, "in");
    if (role.kind === "lock") {
      left.push(`\`${file}\` is left: by its name, a tool made it from another file, as \`posy lock\` does`);
    } else if (source !== file && all.includes(source)) {
      left.push(`\`${file}\` is left: \`${source}\` is the file that it was made from`);
      sources.set(join(folder, file), join(folder, source));
    } else roles.set(join(folder, file), { file, role });
  }
  for (const name of ["Pipfile", "environment.yml", "environment.yaml"]) {
    if (names.includes(name)) left.push(`\`${name}\` is left: it has the format of another tool`);
  }
  return { roles, sources, left };
}

async function takeFile(path: string, folder: string): Promise<TakenRequirements> {
  const bytes = await readNamedFile(path).catch((error: unknown) => {
    throw asPosyError(error, `reading \`${path}\``);
  });
  const file = relative(folder, path).replaceAll("\\", "/");
  return takeRequirements(decodeText(bytes, file), { file, home: dirname(path), project: folder });
}

function nothing(left: readonly string[]): TakenRequirements {
  return {
    requirements: [],
    includes: [],
    constraints: [],
    indexes: [],
    prerelease: false,
    noBinary: [],
    onlyBinary: [],
    left,
  };
}

function joined(first: TakenRequirements, second: TakenRequirements): TakenRequirements {
  return {
    requirements: [...first.requirements, ...second.requirements],
    includes: [...first.includes, ...second.includes],
    constraints: [...first.constraints, ...second.constraints],
    indexes: [...first.indexes, ...second.indexes],
    prerelease: first.prerelease || second.prerelease,
    noBinary: [...first.noBinary, ...second.noBinary],
    onlyBinary: [...first.onlyBinary, ...second.onlyBinary],
    left: [...first.left, ...second.left],
  };
}
