import { openZipFile } from "../../system/archives/index.ts";
import { parseWheelFilename } from "../../vocab/filenames/index.ts";
import { describeWheel } from "./wheel-description.ts";
import type { WheelManifest } from "./wheel-manifest.ts";
import { type UnpackJob, WheelWriter } from "./wheel-writer.ts";

/** Members larger than this are inflated piece by piece. */
const largeFrom = 64 * 2 ** 20;
/** How much is written before others get their turn, where there is no thread of our own. */
const breathLength = 2 * 2 ** 20;

export interface UnpackedWheel {
  readonly manifest: WheelManifest;
  /** What a person should know though it was let pass. */
  readonly warnings: readonly string[];
}

export interface UnpackHooks {
  /** Bytes written, bytes in all. */
  readonly progress?: (done: number, total: number) => void;
  /** Let others have their turn now and then: for work on the main thread. */
  readonly breathe?: () => Promise<void>;
  /** Bytes from which on a member is never held whole. */
  readonly largeFrom?: number;
}

/**
 * Unpacks a wheel into the shape in which the forest stores it, holding every member against RECORD on the way.
 * Synchronous but for very large members: it runs in a thread of its own (`unpack-pool.ts`). Throws
 * `invalid-archive`, `invalid-wheel`, `invalid-record`, `invalid-metadata`, and what the disk says; the folder is
 * then of no use.
 */
export async function unpackWheel(job: UnpackJob, hooks: UnpackHooks = {}): Promise<UnpackedWheel> {
  const zip = openZipFile(job.archive, { label: job.filename });
  try {
    const warnings: string[] = [];
    const wheel = describeWheel(zip, parseWheelFilename(job.filename), warnings);
    const writer = new WheelWriter(zip, wheel, job);
    const members = zip.entries
      .filter((entry) => entry.kind !== "directory")
      .sort((a, b) => a.offset - b.offset);
    const total = members.reduce((sum, entry) => sum + entry.size, 0);
    let done = 0;
    let breath = 0;
    for (const entry of members) {
      if (entry.size > (hooks.largeFrom ?? largeFrom)) await writer.writeLarge(entry);
      else writer.write(entry);
      done += entry.size;
      breath += entry.size + 4096;
      if (breath < breathLength) continue;
      breath = 0;
      hooks.progress?.(done, total);
      await hooks.breathe?.();
    }
    const manifest = writer.finish(total, warnings);
    hooks.progress?.(total, total);
    return { manifest, warnings };
  } finally {
    zip.close();
  }
}
