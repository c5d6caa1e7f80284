import type { Interpreter } from "../../model/index.ts";
import { localPath } from "../../packages/index.ts";
import { sha256OfFile } from "../../system/fs/index.ts";
import { openLocalMirror } from "./local-mirror.ts";
import type { PythonIdentity } from "./open-standalone.ts";
import { publisherUrl } from "./publisher-url.ts";
import { standaloneInterpreter } from "./standalone-interpreter.ts";

/**
 * Returns the interpreters whose archives of python-build-standalone are in a folder (`posy download` writes such a
 * folder). Their URLs are those of the publisher, because a lock must not depend on the folder. Throws errors of the
 * file system.
 */
export async function archivesInFolder(
  folder: string,
  isAskedFor: (python: PythonIdentity) => boolean,
): Promise<readonly Interpreter[]> {
  const mirror = openLocalMirror(folder);
  const found: Interpreter[] = [];
  for await (const builds of mirror.listings()) {
    for (const build of builds) {
      const { filename, size, name } = build;
      if (!isAskedFor({ implementation: "cpython", ...name })) continue;
      const path = localPath((await mirror.urlOf(build)) as string) as string;
      const sha256 = build.sha256 ?? (await sha256OfFile(path));
      const url = `${await publisherUrl()}/${name.date}/${encodeURIComponent(filename)}`;
      const source = { kind: "standalone", url, filename, hashes: { sha256 } } as const;
      found.push({
        ...standaloneInterpreter(name),
        source: { ...source, ...(size === undefined ? {} : { size }) },
      });
    }
  }
  return found;
}
