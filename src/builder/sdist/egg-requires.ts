import { openTar, openZipFile } from "../../system/archives/index.ts";

/** Files of the `.egg-info` folder of the project itself, which is next to its packages. */
const eggFile = /^[^/]+\/(?:[^/]+\/)?[^/]+\.egg-info\/(PKG-INFO|requires\.txt)$/;

/**
 * Returns the `requires.txt` in the `.egg-info` that setuptools wrote into a source distribution. It is empty if the
 * file does not exist: then nothing is required. Undefined if there is no `.egg-info`, or more than one. Throws
 * `invalid-archive`.
 */
export async function eggRequires(archive: string, filename: string): Promise<string | undefined> {
  const files = new Map<string, string>();
  const decoder = new TextDecoder();
  if (filename.toLowerCase().endsWith(".zip")) {
    const zip = openZipFile(archive, { label: filename });
    try {
      for (const entry of zip.entries) {
        if (entry.kind === "file" && eggFile.test(entry.path))
          files.set(entry.path, decoder.decode(zip.readSync(entry)));
      }
    } finally {
      zip.close();
    }
  } else {
    const members = openTar(archive, filename, (path) => eggFile.test(path), { lenient: true });
    for await (const { path, kind, data } of members) {
      if (kind === "file") files.set(path, decoder.decode(data));
    }
  }
  const folders = new Set([...files.keys()].map((path) => path.slice(0, path.lastIndexOf("/"))));
  const [folder] = folders;
  return folders.size === 1 ? (files.get(`${folder}/requires.txt`) ?? "") : undefined;
}
