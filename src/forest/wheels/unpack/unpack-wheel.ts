import { openZipFile } from "../../../system/archives/index.ts";
import { parseWheelFilename } from "../../../vocab/filenames/index.ts";
import { describeWheel } from "./wheel-description.ts";
import type { WheelManifest } from "../wheel-manifest.ts";
import { type UnpackJob, WheelWriter } from "./wheel-writer.ts";

/** Bytes. Larger members are inflated piece by piece. */
const largeFrom = 64 * 2 ** 20;
/** Bytes that are written between two calls of the hooks. */
const hookInterval = 2 * 2 ** 20;

export interface UnpackedWheel {
  readonly manifest: WheelManifest;
  /** Messages about flaws that did not stop the wheel from being unpacked. */
  readonly warnings: readonly string[];
}

export interface UnpackHooks {
  /** Called with the bytes written so far and in total. */
  readonly progress?: (done: number, total: number) => void;
  /** Called regularly, so that work on the main thread can yield to other tasks. */
  readonly yieldToOthers?: () => Promise<void>;
  /** Bytes above which a member is never held whole in memory. */
  readonly largeFrom?: number;
}

/**
 * Unpacks a wheel into the layout of the store and compares every member with RECORD on the way. It is synchronous
 * except for very large members, since it usually runs in its own thread (`unpack-pool.ts`). Throws
 * `invalid-archive`, `invalid-wheel`, `invalid-metadata`, and errors of the file system; the folder is then unusable.
 */
export async function unpackWheel(job: UnpackJob, hooks: UnpackHooks = {}): Promise<UnpackedWheel> {
  // Wheels for Linux may have an `aux.py`, which Windows cannot write.
  const names = process.platform === "win32" ? "portable" : "safe";
  const zip = openZipFile(job.archive, { label: job.filename, names });
  try {
    const warnings: string[] = [];
    const wheel = describeWheel(zip, parseWheelFilename(job.filename), warnings);
    const writer = new WheelWriter(zip, wheel, job);
    const members = zip.entries
      .filter((entry) => entry.kind !== "directory")
      .sort((a, b) => a.offset - b.offset);
    const total = members.reduce((sum, entry) => sum + entry.size, 0);
    let done = 0;
    let sinceHooks = 0;
    for (const entry of members) {
      if (entry.size > (hooks.largeFrom ?? largeFrom)) await writer.writeLarge(entry);
      else writer.write(entry);
      done += entry.size;
      sinceHooks += entry.size + 4096;
      if (sinceHooks < hookInterval) continue;
      sinceHooks = 0;
      hooks.progress?.(done, total);
      await hooks.yieldToOthers?.();
    }
    const manifest = writer.finish(total, warnings);
    hooks.progress?.(total, total);
    return { manifest, warnings };
  } finally {
    zip.close();
  }
}
