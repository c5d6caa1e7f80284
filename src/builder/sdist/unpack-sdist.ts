import { setImmediate } from "node:timers/promises";
import { openTar, openZipFile } from "../../system/archives/index.ts";
import { SdistTree } from "./sdist-tree.ts";

/** How much is written before others get their turn. */
const breathLength = 2 * 2 ** 20;

/** Windows wants more of a name than that it stays inside. */
const names = process.platform === "win32" ? "portable" : "safe";

/**
 * Unpacks a source distribution into the empty folder `into` and returns the absolute path of its one root folder. The
 * rules are those of PEP 706's `data` filter, for zips too, but for links: they may not leave the root folder, and
 * nothing is written through one. Which format it is, `filename` says. Throws `invalid-archive` and what the disk says; what
 * is in `into` is then of no use.
 */
export async function unpackSdist(archive: string, filename: string, into: string): Promise<string> {
  const tree = new SdistTree(into, filename);
  let written = 0;
  const breathe = async (bytes: number): Promise<void> => {
    written += bytes + 4096;
    if (written < breathLength) return;
    written = 0;
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
        await breathe(data.length);
      }
    } finally {
      zip.close();
    }
  } else {
    for await (const member of openTar(archive, filename, undefined, { lenient: true, names })) {
      tree.add(member);
      await breathe(member.data.length);
    }
  }
  return tree.finish();
}
