import { readFileSync, writeFileSync } from "node:fs";
import { command, type MachSlice, machSlices } from "../../src/system/binaries/macho/macho-image.ts";
import { signAdHoc, signatureLength } from "../../src/system/binaries/macho/sign-macho.ts";

/** What the signature calls the program. */
const identifier = "posy";

/**
 * Signs a macOS program ad hoc (of nobody). `bun build` signs programs for Apple's processors only. In those for Intel
 * it leaves the signature of Bun, which does not match the new content, and macOS stops them.
 */
export function signMacOS(path: string): void {
  writeFileSync(path, signedMacOS(readFileSync(path)));
}

/** Returns the bytes of a program with an ad hoc signature. Throws a `RangeError` if it has no signature to replace. */
export function signedMacOS(bytes: Uint8Array): Uint8Array {
  const slice = onlySlice(Uint8Array.from(bytes));
  const signature = slice.commands.find(({ kind }) => kind === command.codeSignature);
  const linkEdit = slice.commands.find(
    ({ kind, at }) =>
      kind === command.segment && slice.bytes.toString("latin1", at + 8, at + 18) === "__LINKEDIT",
  );
  if (signature === undefined || linkEdit === undefined) throw new RangeError("the program has no signature");
  const codeSize = slice.bytes.readUInt32LE(signature.at + 8);
  const size = Math.ceil(signatureLength(codeSize, identifier) / 16) * 16;
  const resized = new Uint8Array(codeSize + size);
  resized.set(slice.bytes.subarray(0, codeSize));
  const result = onlySlice(resized);
  result.bytes.writeUInt32LE(size, signature.at + 12);
  // The signature is the end of the segment __LINKEDIT, and of the file.
  const start = result.bytes.readBigUInt64LE(linkEdit.at + 40);
  const length = BigInt(resized.length) - start;
  result.bytes.writeBigUInt64LE(length, linkEdit.at + 48);
  const page = 0x4000n;
  result.bytes.writeBigUInt64LE(((length + page - 1n) / page) * page, linkEdit.at + 32);
  signAdHoc(result, identifier);
  return resized;
}

function onlySlice(bytes: Uint8Array): MachSlice {
  const [slice, ...others] = machSlices(bytes);
  if (slice === undefined || others.length > 0) throw new RangeError("the program is not for one processor");
  return slice;
}
