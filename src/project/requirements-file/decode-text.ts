import { PosyError } from "../../errors/posy-error.ts";

type Encoding = ConstructorParameters<typeof TextDecoder>[0];

const byteOrderMarks: readonly (readonly [bytes: readonly number[], encoding: string])[] = [
  [[0xef, 0xbb, 0xbf], "utf-8"],
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

/** Python's names of encodings that `TextDecoder` does not know. */
const pythonNames: Readonly<Record<string, string>> = {
  "latin-1": "latin1",
  "utf-8-sig": "utf-8",
  cp1252: "windows-1252",
};

/**
 * Decodes a requirements file as pip does: by its byte-order mark, else by a `coding:` comment in its first two lines
 * (PEP 263), else as UTF-8. `name` is the name of the file in errors. Throws `invalid-requirements-file`.
 */
export function decodeText(bytes: Uint8Array, name: string): string {
  const mark = byteOrderMarks.find(([start]) => start.every((byte, index) => bytes[index] === byte));
  const encoding = mark?.[1] ?? declaredEncoding(bytes) ?? "utf-8";
  try {
    // `TextDecoder` removes the byte-order mark.
    return new TextDecoder(encoding as Encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new PosyError("invalid-requirements-file", `\`${name}\` is not text in ${encoding}`, {
      hint: "save it as UTF-8, or name its encoding in the first line: `# -*- coding: latin-1 -*-`",
      cause,
    });
  }
}

/** Returns the encoding that a `coding:` comment names. */
function declaredEncoding(bytes: Uint8Array): string | undefined {
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 400));
  for (const line of head.split("\n", 2)) {
    const name = /^\s*#.*coding[:=]\s*([-\w.]+)/.exec(line)?.[1];
    if (name !== undefined) return pythonNames[name.toLowerCase().replaceAll("_", "-")] ?? name;
  }
  return undefined;
}
