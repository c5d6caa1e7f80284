import type { Option } from "@commander-js/extra-typings";
import { PosyError } from "../../../errors/posy-error.ts";
import { group, repeated } from "./option.ts";
import type { LockChoiceOptions } from "../../../settings/index.ts";

/** For commands that read lock files and know no project. */
export function lockChoiceOptions(): readonly Option[] {
  return group("Packages:", [
    repeated("--group <name>", "of a lock file: what is in this group besides (repeatable)"),
    repeated("--extra <name>", "of a lock file: what is in this extra besides (repeatable)"),
  ]);
}

/** Throws `usage` where something is chosen of a lock and there is none. */
export function refuseLockChoice({ group: groups, extra }: LockChoiceOptions): void {
  const asked = groups ? "--group" : extra ? "--extra" : undefined;
  if (asked === undefined) return;
  throw new PosyError("usage", `\`${asked}\` is of a lock file, and none was named`, {
    hint: "name it as requirements: `-r pylock.toml`",
  });
}
