import { PosyError } from "../../errors/posy-error.ts";

type Encoding = ConstructorParameters<typeof TextDecoder>[0];

const marks: readonly (readonly [bytes: readonly number[], encoding: string])[] = [
  [[0xef, 0xbb, 0xbf], "utf-8"],
  [[0xff, 0xfe], "utf-16le"],
  [[0xfe, 0xff], "utf-16be"],
];

/** Names of Python's that the web's standard does not have. */
const pythonNames: Readonly<Record<string, string>> = {
  "latin-1": "latin1",
  "utf-8-sig": "utf-8",
  cp1252: "windows-1252",
};

/**
 * The text of a requirements file as pip finds it: by its byte-order mark, else by a `coding:` comment in its first
 * two lines (PEP 263), else UTF-8. Throws `invalid-requirements-file`.
 */
export function decodeText(bytes: Uint8Array, name: string): string {
  const mark = marks.find(([start]) => start.every((byte, index) => bytes[index] === byte));
  const encoding = mark?.[1] ?? namedEncoding(bytes) ?? "utf-8";
  try {
    // It takes the mark away by itself.
    return new TextDecoder(encoding as Encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new PosyError("invalid-requirements-file", `\`${name}\` is not text in ${encoding}`, {
      hint: "save it as UTF-8, or name its encoding in the first line: `# -*- coding: latin-1 -*-`",
      cause,
    });
  }
}

function namedEncoding(bytes: Uint8Array): string | undefined {
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 400));
  for (const line of head.split("\n", 2)) {
    const name = /^\s*#.*coding[:=]\s*([-\w.]+)/.exec(line)?.[1];
    if (name !== undefined) return pythonNames[name.toLowerCase().replaceAll("_", "-")] ?? name;
  }
  return undefined;
}
