import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { attestedFile, isDistribution } from "../../packages/upload/index.ts";
import { findVersionManifest } from "../../project/index.ts";
import { type OperationContext, searchFolder, warn } from "../../settings/index.ts";
import { asPosyError } from "../../system/fs/index.ts";

/** The files to publish. */
export interface FoundFiles {
  /** Absolute paths of wheels and source distributions, sorted. */
  readonly paths: readonly string[];
  /** True if the person named each file. False if a folder or a pattern chose some. */
  readonly areNamed: boolean;
}

/**
 * Finds the wheels and source distributions to publish: the given files, those of the given folders and patterns
 * (`dist/app-1.2*`), or those of the project's `dist`. Other files of a folder are passed over. Throws `not-found` if
 * there are none, and `usage` for a named file of another kind.
 */
export async function findDistributions(
  typed: readonly string[],
  context: OperationContext,
): Promise<FoundFiles> {
  const { cwd } = context;
  const locations =
    typed.length > 0 ? typed.map((path) => resolve(cwd, path)) : [await defaultFolder(searchFolder(context))];
  const paths = new Set<string>();
  let areNamed = typed.length > 0;
  for (const location of locations) {
    const stats = await stat(location).catch(() => undefined);
    if (stats?.isFile()) {
      if (isDistribution(location)) paths.add(location);
      // `dist/*` of a shell names the attestations, too. They are found next to their files.
      else if (attestedFile(basename(location)) === undefined) noteOther(location, context);
      continue;
    }
    areNamed = false;
    const isFolder = stats?.isDirectory() ?? false;
    const folder = isFolder ? location : dirname(location);
    const pattern = isFolder ? /^/ : patternOf(basename(location));
    const names = (await namesIn(folder)).filter((name) => pattern?.test(name));
    if (!isFolder && names.length === 0) throw noSuchFile(location);
    for (const name of names) if (isDistribution(name)) paths.add(join(folder, name));
  }
  if (paths.size === 0) throw noFiles(locations);
  return { paths: [...paths].sort(), areNamed };
}

async function defaultFolder(folder: string): Promise<string> {
  return join((await findVersionManifest(folder))?.folder ?? folder, "dist");
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw asPosyError(error, `reading \`${folder}\``);
  }
}

/** Returns the expression for a name with `*` and `?`. The shells of Windows pass such names on. */
function patternOf(name: string): RegExp | undefined {
  if (!/[*?]/.test(name)) return undefined;
  const escaped = name.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`);
}

function noteOther(path: string, context: OperationContext): void {
  const name = basename(path);
  if (name.endsWith(".asc")) {
    warn(context, `\`${name}\` is not uploaded: indexes take no PGP signatures any more`);
    return;
  }
  throw new PosyError("usage", `\`${path}\` is neither a wheel nor a source distribution`, {
    hint: "a wheel ends with `.whl`, a source distribution with `.tar.gz`; `posy build` makes both",
  });
}

function noSuchFile(path: string): PosyError {
  return new PosyError("not-found", `there is no file \`${path}\``, {
    hint: "`posy build` makes the files of a project",
  });
}

function noFiles(locations: readonly string[]): PosyError {
  const where = locations.map((location) => `\`${location}\``).join(", ");
  return new PosyError("not-found", `there is no wheel and no source distribution in ${where}`, {
    hint: "`posy build` makes them",
  });
}

/** Returns the absolute paths of the attestations next to a file (`FILE.publish.attestation`), sorted. */
export async function attestationsOf(path: string): Promise<readonly string[]> {
  const names = await namesIn(dirname(path));
  return names
    .filter((name) => attestedFile(name) === basename(path))
    .map((name) => join(dirname(path), name));
}
