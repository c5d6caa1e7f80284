import { variableOf } from "../../system/process/index.ts";
import type { SourceContext } from "../sources/source-context.ts";
import { runGit } from "./run-git.ts";

/**
 * The first patch version of each minor version of git that knows `GIT_NO_LAZY_FETCH`. The fix of CVE-2024-32004
 * brought it to all maintained versions. Git 2.45 and newer have it from the start.
 */
const firstPatches: Readonly<Record<string, number>> = {
  "2.39": 4,
  "2.40": 2,
  "2.41": 1,
  "2.42": 2,
  "2.43": 4,
  "2.44": 1,
};

const known = new Map<string, Promise<boolean>>();

/**
 * Whether the git on the PATH can be kept from fetching missing objects by itself. Only then may a database be a
 * partial clone: if the server does not support those (a plain file server), each such fetch starts the next one,
 * without end.
 */
export function canStopLazyFetching(
  context: Pick<SourceContext, "environment" | "offline">,
): Promise<boolean> {
  const path = variableOf(context.environment, "PATH") ?? "";
  let answer = known.get(path);
  if (answer === undefined) {
    answer = runGit(["version"], {}, context).then(({ stdout }) => knowsNoLazyFetch(stdout));
    known.set(path, answer);
  }
  return answer;
}

/** Reads `git version 2.39.5 (Apple Git-154)`, `git version 2.45.1.windows.1`. */
export function knowsNoLazyFetch(output: string): boolean {
  const [, major = "0", minor = "0", patch = "0"] = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(output) ?? [];
  if (Number(major) > 2 || (major === "2" && Number(minor) >= 45)) return true;
  return Number(patch) >= (firstPatches[`${major}.${minor}`] ?? Number.POSITIVE_INFINITY);
}
