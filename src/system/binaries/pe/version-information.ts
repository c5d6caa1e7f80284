/**
 * Returns the resource with the version of a program (`VS_VERSIONINFO`). `texts` are pairs such as `ProductName`.
 * `version` may be of any form; its first four numbers become the binary version.
 */
export function versionInformation(version: string, texts: Readonly<Record<string, string>>): Buffer {
  const numbers = [...version.matchAll(/\d+/g)].map(([digits]) => Math.min(Number(digits), 65_535));
  const [major = 0, minor = 0, micro = 0, fourth = 0] = numbers;
  const fixed = Buffer.alloc(52);
  fixed.writeUInt32LE(0xfeef04bd, 0);
  fixed.writeUInt32LE(0x10000, 4);
  for (const at of [8, 16]) {
    fixed.writeUInt32LE(major * 65_536 + minor, at);
    fixed.writeUInt32LE(micro * 65_536 + fourth, at + 4);
  }
  fixed.writeUInt32LE(0x3f, 24);
  // For Windows NT (VOS_NT_WINDOWS32), a program (VFT_APP).
  fixed.writeUInt32LE(0x40004, 32);
  fixed.writeUInt32LE(1, 36);
  const strings = Object.entries(texts).map(([key, value]) => {
    const text = Buffer.from(`${value}\0`, "utf16le");
    return block(key, text, text.length / 2, true, []);
  });
  // English of the United States, UTF-16.
  const table = block("040904B0", Buffer.alloc(0), 0, true, strings);
  const translation = Buffer.from([0x09, 0x04, 0xb0, 0x04]);
  return block("VS_VERSION_INFO", fixed, fixed.length, false, [
    block("StringFileInfo", Buffer.alloc(0), 0, true, [table]),
    block("VarFileInfo", Buffer.alloc(0), 0, true, [block("Translation", translation, 4, false, [])]),
  ]);
}

/** A block: its length, the length of its value, whether it is text, its key, its value, and the blocks inside. */
function block(
  key: string,
  value: Buffer,
  valueLength: number,
  isText: boolean,
  inside: readonly Buffer[],
): Buffer {
  const head = padded(Buffer.concat([Buffer.alloc(6), Buffer.from(`${key}\0`, "utf16le")]));
  const parts = [head, value];
  for (const each of inside) parts.push(padding(parts), each);
  const whole = Buffer.concat(parts);
  whole.writeUInt16LE(whole.length, 0);
  whole.writeUInt16LE(valueLength, 2);
  whole.writeUInt16LE(isText ? 1 : 0, 4);
  return whole;
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, padding([bytes])]);
}

function padding(parts: readonly Buffer[]): Buffer {
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  return Buffer.alloc((4 - (size % 4)) % 4);
}
