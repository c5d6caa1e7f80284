import { chmod, open } from "node:fs/promises";
import { PosyError } from "../../errors/posy-error.ts";
import {
  addResources,
  type BundleHashes,
  machOSignature,
  machOWithContent,
  type Resource,
} from "../../system/binaries/index.ts";
import type { ApplicationTree } from "../tree/index.ts";
import { loadStub } from "./load-stub.ts";
import { append, type PayloadFacts, type PayloadLocation, writePayload } from "./write-payload.ts";

export interface ExecutableOptions extends PayloadFacts {
  /** For Windows: a program without a console window. */
  readonly gui: boolean;
  /** Icon, version information and manifest of a program for Windows. */
  readonly resources: readonly Resource[];
  /** For macOS: the hashes of other files of the bundle, which the signature covers. */
  readonly bundle?: BundleHashes;
  /** For macOS: the identifier in the signature. */
  readonly identifier: string;
}

/** The first bytes of `location` in stub.c. */
const mark = Buffer.from("\x7fposy-payload-1\0", "latin1");

/**
 * Writes an application as one file to `path`, which is replaced if it exists. Throws `unknown-platform` if there is no
 * stub for the platform.
 */
export async function writeExecutable(
  path: string,
  tree: ApplicationTree,
  options: ExecutableOptions,
): Promise<void> {
  const { platform } = tree.target;
  const stub = await loadStub(platform, options.gui);
  if (stub === undefined) {
    throw new PosyError("unknown-platform", `an application for ${platform} can't be one file`, {
      hint: "`posy export --dir` writes a folder for this platform",
    });
  }
  const file = await open(path, "w+", 0o755);
  try {
    if (platform.startsWith("macos")) await writeMachO(file, stub, tree, options);
    else {
      const program = platform.startsWith("windows") ? addResources(stub, options.resources) : stub;
      await append(file, program);
      const location = await writePayload(file, tree, options);
      const bytes = locationBytes(location, program.length);
      await file.write(bytes, 0, bytes.length, markOffset(program));
    }
  } finally {
    await file.close();
  }
  await chmod(path, 0o755);
}

type File = Awaited<ReturnType<typeof open>>;

/**
 * The payload becomes the content of the segment `__POSY`. Its size is known only at the end. The head, which is before
 * it, is then written a second time.
 */
async function writeMachO(
  file: File,
  stub: Buffer,
  tree: ApplicationTree,
  options: ExecutableOptions,
): Promise<void> {
  const { head: draft } = machOWithContent(stub, 0, options);
  await append(file, draft);
  const location = await writePayload(file, tree, options);
  const { head, padding, tail, codeSize } = machOWithContent(stub, location.size, options);
  await append(file, Buffer.concat([padding, tail]));
  head.set(locationBytes(location, head.length), markOffset(head));
  await file.write(head, 0, head.length, 0);
  const signature = await machOSignature(head, codeSize, options, (at, buffer) =>
    file.read(buffer, 0, buffer.length, at).then(({ bytesRead }) => buffer.subarray(0, bytesRead)),
  );
  await append(file, signature);
}

function markOffset(program: Buffer): number {
  const offset = program.indexOf(mark);
  if (offset < 0 || program.includes(mark, offset + 1)) throw new RangeError("the stub has not one mark");
  return offset;
}

function locationBytes({ headerOffset, headerSize, headerHash }: PayloadLocation, start: number): Buffer {
  const bytes = Buffer.alloc(mark.length + 48);
  bytes.set(mark);
  bytes.writeBigUInt64LE(BigInt(start + headerOffset), 16);
  bytes.writeBigUInt64LE(BigInt(headerSize), 24);
  bytes.set(headerHash, 32);
  return bytes;
}
