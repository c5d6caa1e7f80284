import { readFileSync } from "node:fs";
import { PosyError } from "../../../../errors/posy-error.ts";
import { decompress, readPbzx } from "../../../../system/archives/index.ts";

/** Bytes. No Python unpacks to more, so a larger payload is a zip bomb. */
const largest = 2 ** 32;

/**
 * Yields the cpio archive in a component's `Payload`, which is compressed by gzip or Apple's `pbzx`. Throws
 * `invalid-archive`.
 */
export async function* openPayload(path: string, label: string): AsyncGenerator<Uint8Array> {
  let size = 0;
  const admit = (bytes: number) => {
    size += bytes;
    if (size > largest) throw new Error("it unpacks to more than 4 GiB");
  };
  const head = readFileSync(path).subarray(0, 4);
  try {
    if (head.toString("latin1") === "pbzx") yield* readPbzx(readFileSync(path), admit);
    else yield* decompress(path, "Payload.tar.gz", admit);
  } catch (error) {
    if (error instanceof PosyError) throw error;
    throw new PosyError(
      "invalid-archive",
      `the payload of \`${label}\` is damaged: ${(error as Error).message}`,
      {
        hint: "download it again",
        cause: error,
      },
    );
  }
}
