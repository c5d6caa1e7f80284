import { rename } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { isHeld } from "./remove-all.ts";

/**
 * Renames a path. On Windows, a file that another program has open cannot be renamed or replaced, nor can the folder of
 * such a file. Virus scanners open what was just written, so the call tries again for about a second.
 */
export async function patientRename(from: string, to: string, platform = process.platform): Promise<void> {
  for (let wait = 10; ; wait *= 2) {
    try {
      return await rename(from, to);
    } catch (error) {
      if (platform !== "win32" || wait > 640 || !isHeld(error)) throw error;
      await setTimeout(wait);
    }
  }
}
