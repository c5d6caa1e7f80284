import type { Blueprint } from "../../model/index.ts";
import type { Settings } from "../../settings/index.ts";

/**
 * Whether the answer depends on indexes only. Folders and repositories may change, and a span of time for
 * `exclude-newer` ends at another moment each time.
 */
export function isFromIndexes({ targets }: Blueprint, index: Settings["index"]): boolean {
  const pins = targets.flatMap(({ packages }) => packages);
  const hasCutoff = index.excludeNewer !== undefined || (index.excludeNewerPackages?.size ?? 0) > 0;
  return !hasCutoff && pins.every(({ artifact }) => artifact.direct !== true);
}
