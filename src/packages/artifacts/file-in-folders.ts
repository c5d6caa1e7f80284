import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import type { Reporter } from "../../report/reporter.ts";
import type { LocalArtifact } from "../package-db.ts";
import type { DownloadRequest } from "./download-file.ts";
import { verifyLocalFile } from "./verify-local-file.ts";

/**
 * Returns the first file in `folders` that has the name and the hashes of a file on an index. So a lock can be used
 * with a folder of downloaded files, although it has the URLs of an index: PEP 751 lets a tool take a file from
 * anywhere if its hash is right. Undefined if there is none, or if the request has no hash. Warns of a file that has
 * the name and another content.
 */
export async function fileInFolders(
  request: DownloadRequest,
  folders: readonly string[],
  reporter: Reporter,
): Promise<LocalArtifact | undefined> {
  const { filename, hashes } = request;
  if (Object.keys(hashes).length === 0 || basename(filename) !== filename) return undefined;
  for (const folder of folders) {
    const path = join(folder, filename);
    if (!(await stat(path).catch(() => undefined))?.isFile()) continue;
    try {
      return await verifyLocalFile(path, request);
    } catch (error) {
      if (!(error instanceof PosyError)) throw error;
      const message = `\`${path}\` is not used: ${error.message}`;
      reporter.report({ kind: "warning", key: `file in folder ${path}`, message, hint: error.hint });
    }
  }
  return undefined;
}
