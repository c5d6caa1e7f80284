import { openHome } from "../../system/fs/home.ts";
import { writeOut } from "../ui/console/write.ts";
import { resolveEntryLocation } from "./entry-path.ts";
import { readResolveEntry } from "./resolve-entry.ts";
import { isQuietIn, showWarnings } from "./show-warnings.ts";

/**
 * Answers `posy resolve` from the cache, if all index pages that the answer depends on are unchanged and still fresh.
 * Returns false if the whole program has to run.
 */
export async function cachedResolve(args: readonly string[]): Promise<boolean> {
  const location = resolveEntryLocation(args, openHome(), process.env);
  const answer = location && readResolveEntry(location);
  if (answer === undefined) return false;
  if (answer.warnings.length > 0 && !isQuietIn(args)) await showWarnings(answer.warnings);
  writeOut(answer.text);
  return true;
}
