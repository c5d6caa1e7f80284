import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { PosyError } from "../../errors/posy-error.ts";
import { asPosyError, refuseSpecialFile } from "../../system/fs/index.ts";
import type { LocalArtifact } from "../package-db.ts";
import type { DownloadRequest } from "./download-file.ts";
import { openFiles } from "./open-files.ts";
import { createVerifier } from "./verify-hashes.ts";

/**
 * Verifies the claimed hashes and size of a file that is already on this disk, and leaves it where it is.
 * `url` is for messages. Throws `hash-mismatch`, `size-mismatch`, `filesystem`, …
 */
export async function verifyLocalFile(
  path: string,
  claims: Pick<DownloadRequest, "hashes" | "size">,
  url: string = pathToFileURL(path).href,
): Promise<LocalArtifact> {
  try {
    if ((await stat(path)).isDirectory()) {
      throw new PosyError("filesystem", `\`${path}\` is a folder where a file was expected`, {
        hint: "name a wheel or a source distribution",
      });
    }
    refuseSpecialFile(path);
    const verifier = createVerifier(url, claims.hashes, claims.size);
    await openFiles.run(async () => {
      for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
        verifier.update(chunk as Uint8Array);
      }
    });
    return { path, ...verifier.finish() };
  } catch (error) {
    throw asPosyError(error, `reading \`${path}\``);
  }
}
