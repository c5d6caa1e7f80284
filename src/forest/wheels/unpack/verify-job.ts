import type { Damage, VerifyOptions } from "../../damage/index.ts";
import { verifyWheel } from "../verify-wheel.ts";

/** A wheel, an interpreter or a single file of the store or the cache that is to be verified. */
export type VerifyJob = VerifyEntryJob | VerifyFileJob;

interface VerifyEntryJob {
  readonly verify: "wheel" | "interpreter";
  /** The folder of the entry. */
  readonly path: string;
  readonly full: boolean;
}

/** A file whose content has this SHA-256. Its damage has an empty path. */
interface VerifyFileJob {
  readonly verify: "file";
  readonly path: string;
  readonly sha256: string;
}

/** Does the job in this thread. Returns what is wrong. */
export async function runVerifyJob(
  job: VerifyJob,
  progress?: VerifyOptions["progress"],
): Promise<readonly Damage[]> {
  if (job.verify === "file") {
    const { verifyFile } = await import("../../damage/verify-file.ts");
    return verifyFile(job.path, job.sha256);
  }
  const options = { full: job.full, ...(progress && { progress }) };
  if (job.verify === "wheel") return verifyWheel(job.path, options);
  const { verifyInterpreter } = await import("../../interpreters/verify-interpreter.ts");
  return verifyInterpreter(job.path, options);
}
