import { openTar, openZipFile } from "../../system/archives/index.ts";

/** The `.egg-info` of the project itself, which lies beside its packages. */
const eggFile = /^[^/]+\/(?:[^/]+\/)?[^/]+\.egg-info\/(PKG-INFO|requires\.txt)$/;

/**
 * The `requires.txt` of the `.egg-info` that setuptools left in a source distribution; empty where it has none, which says that nothing
 * is required. Undefined where there is no `.egg-info`, or more than one. Throws `invalid-archive`.
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
