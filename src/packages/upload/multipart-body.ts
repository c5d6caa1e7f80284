import { createReadStream } from "node:fs";
import { PosyError } from "../../errors/posy-error.ts";
import { asPosyError } from "../../system/fs/index.ts";
import type { RequestBody } from "../../system/http/index.ts";
import type { FormField } from "./form-fields.ts";

/** A form with one file, as `multipart/form-data` (RFC 7578). The file is read while it is sent. */
export interface MultipartBody extends RequestBody {
  readonly contentType: string;
}

/** The file of a form. `size` is in bytes. */
export interface FormFile {
  readonly path: string;
  readonly filename: string;
  readonly size: number;
}

/**
 * Returns the body of an upload. `sent` is called with the number of bytes of the file that were read for the network
 * so far. If the file changes its size meanwhile, reading the body throws `filesystem`.
 */
export function multipartBody(
  fields: readonly FormField[],
  file: FormFile,
  sent: (bytes: number) => void = () => {},
): MultipartBody {
  const boundary = `posy-${crypto.randomUUID()}`;
  const head = Buffer.from(
    [
      ...fields.map(([name, value]) => `--${boundary}\r\n${disposition(name)}\r\n\r\n${value}\r\n`),
      `--${boundary}\r\n${disposition("content")}; filename="${escaped(file.filename)}"\r\n`,
      "Content-Type: application/octet-stream\r\n\r\n",
    ].join(""),
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    length: head.length + file.size + tail.length,
    async *chunks() {
      yield head;
      let done = 0;
      try {
        for await (const chunk of createReadStream(file.path, { highWaterMark: 1 << 18 })) {
          const bytes = chunk as Uint8Array;
          done += bytes.length;
          if (done > file.size) break;
          yield bytes;
          sent(done);
        }
      } catch (error) {
        throw asPosyError(error, `reading \`${file.path}\``);
      }
      if (done !== file.size) throw changedWhileSent(file.path);
      yield tail;
    },
  };
}

function changedWhileSent(path: string): PosyError {
  return new PosyError("filesystem", `\`${path}\` changed while it was uploaded`, {
    hint: "wait until the build is finished, then run the command again",
  });
}

function disposition(name: string): string {
  return `Content-Disposition: form-data; name="${escaped(name)}"`;
}

/** RFC 7578, section 4.2, and the form encoding of browsers. */
function escaped(text: string): string {
  return text.replace(
    /["\r\n]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}
