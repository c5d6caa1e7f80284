import { setImmediate } from "node:timers/promises";
import { openTar, openZipFile } from "../../system/archives/index.ts";
import { SdistTree } from "./sdist-tree.ts";

/** In bytes. After each such amount other tasks of the event loop run. */
const yieldInterval = 2 * 2 ** 20;

/** Windows refuses more names than those that leave the folder. */
const names = process.platform === "win32" ? "portable" : "safe";

/**
 * Unpacks a source distribution into the empty folder `into` and returns the absolute path of its one root folder. The
 * rules are those of PEP 706's `data` filter, for zips, too. Links are stricter: they may not leave the root folder,
 * and nothing is written through one. `filename` gives the format. Throws `invalid-archive` and errors of the disk.
 * After an error the content of `into` is useless.
 */
export async function unpackSdist(archive: string, filename: string, into: string): Promise<string> {
  const tree = new SdistTree(into, filename);
  let sinceYield = 0;
  const yieldIfDue = async (bytes: number): Promise<void> => {
    sinceYield += bytes + 4096;
    if (sinceYield < yieldInterval) return;
    sinceYield = 0;
    await setImmediate();
  };
  if (filename.toLowerCase().endsWith(".zip")) {
    const zip = openZipFile(archive, { label: filename, names });
    try {
      for (const entry of zip.entries) {
        const { path, kind, mode = 0o644, mtime } = entry;
        const data = zip.readSync(entry);
        const target = kind === "symlink" ? Buffer.from(data).toString("utf8") : "";
        tree.add({ path, kind, mode, mtime, target, data });
        await yieldIfDue(data.length);
      }
    } finally {
      zip.close();
    }
  } else {
    for await (const member of openTar(archive, filename, undefined, { lenient: true, names })) {
      tree.add(member);
      await yieldIfDue(member.data.length);
    }
  }
  return tree.finish();
}
