import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { removeTree, sweepTmp, temporaryPath } from "../system/fs/index.ts";
import type { BuildContext } from "./build-context.ts";
import { type Buildable, identityOf, isEditable } from "./buildable.ts";
import { unpackSdist } from "./sdist/unpack-sdist.ts";
import { extractSource } from "./sources/extract-source.ts";

/**
 * Unpacked sources for building. Each is unpacked once as long as this is open, so that building the metadata and the
 * wheel share their work.
 */
export interface UnpackedSources {
  /** The folder of the project. Backends may have changed it. */
  forBuild(source: Buildable): Promise<string>;
  /** A folder with the same content for reading. A local folder is not copied for that. */
  forReading(source: Buildable): Promise<string>;
  close(): Promise<void>;
}

export function openUnpackedSources(context: BuildContext): UnpackedSources {
  const trees = new Map<string, Promise<string>>();
  const folders: string[] = [];

  let swept: Promise<void> | undefined;
  const unpack = async (source: Buildable): Promise<string> => {
    // Removes what killed builds have left days ago.
    await (swept ??= sweepTmp(context.home, "cacheTmp"));
    const into = temporaryPath(context.home.cacheTmp, "source");
    folders.push(into);
    await mkdir(into, { recursive: true });
    if (source.kind === "source") return extractSource(source, into, context);
    const { path } = await context.db.fetch(source);
    return unpackSdist(path, source.filename, into);
  };

  const unpackOnce = async (source: Buildable): Promise<string> => {
    const key = `${await identityOf(source, context.db)} ${isEditable(source)}`;
    let tree = trees.get(key);
    if (tree === undefined) trees.set(key, (tree = unpack(source)));
    return tree;
  };
  return {
    forBuild: unpackOnce,
    async forReading(source) {
      if (source.kind !== "source" || source.origin.kind !== "directory") return unpackOnce(source);
      const { url, subdirectory = "." } = source.origin;
      return join(fileURLToPath(url), subdirectory);
    },
    async close() {
      await Promise.allSettled(trees.values());
      trees.clear();
      for (const folder of folders.splice(0)) await removeTree(folder).catch(() => {});
    },
  };
}
