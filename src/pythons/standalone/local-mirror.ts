import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { asPosyError, errnoOf, readNamedText } from "../../system/fs/index.ts";
import { chooseBuilds } from "./choose-builds.ts";
import { parseSums, type StandaloneBuild } from "./standalone-build.ts";
import { parseStandaloneName } from "./standalone-name.ts";
import type { StandaloneMirror } from "./standalone-mirror.ts";

/**
 * Opens a folder on this disk with archives, or with one folder of archives per date, as uv's mirror script makes it.
 * Only archives that exist are listed. Hashes come from `SHA256SUMS` if there is one.
 */
export function openLocalMirror(folder: string): StandaloneMirror {
  let loading: Promise<ReadonlyMap<string, LocalBuild>> | undefined;
  const builds = () => (loading ??= buildsIn(folder));
  return {
    label: folder,
    async *listings() {
      yield chooseBuilds([...(await builds()).values()]);
    },
    async urlOf({ filename }) {
      const path = (await builds()).get(filename)?.path;
      return path === undefined ? undefined : pathToFileURL(path).href;
    },
  };
}

interface LocalBuild extends StandaloneBuild {
  readonly path: string;
}

async function buildsIn(root: string): Promise<ReadonlyMap<string, LocalBuild>> {
  try {
    const names = await readdir(root);
    const folders = [root, ...names.filter((name) => /^\d{8}$/.test(name)).map((name) => join(root, name))];
    const builds = (await Promise.all(folders.map(buildsOf))).flat();
    return new Map(builds.sort(newestFirst).map((build) => [build.filename, build]));
  } catch (error) {
    throw asPosyError(error, `reading the folder \`${root}\``);
  }
}

function newestFirst(
  { name: a, filename: one }: LocalBuild,
  { name: b, filename: other }: LocalBuild,
): number {
  return Number(b.date) - Number(a.date) || (one < other ? -1 : 1);
}

async function buildsOf(folder: string): Promise<readonly LocalBuild[]> {
  const digests = new Map(
    parseSums(await readSums(folder)).map(({ filename, sha256 }) => [filename, sha256] as const),
  );
  const builds = (await readdir(folder)).map(async (entry): Promise<readonly LocalBuild[]> => {
    const filename = entry.replace("%2B", "+");
    const name = parseStandaloneName(filename);
    if (name === undefined) return [];
    const path = join(folder, entry);
    const info = await stat(path);
    const sha256 = digests.get(filename);
    if (!info.isFile()) return [];
    return [{ name, filename, path, size: info.size, ...(sha256 === undefined ? {} : { sha256 }) }];
  });
  return (await Promise.all(builds)).flat();
}

async function readSums(folder: string): Promise<string> {
  try {
    return await readNamedText(join(folder, "SHA256SUMS"));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return "";
    throw error;
  }
}
