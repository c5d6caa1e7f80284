import type { Option } from "@commander-js/extra-typings";
import { PosyError } from "../../../errors/posy-error.ts";
import { group, repeated } from "./option.ts";
import type { LockChoiceOptions } from "../../../settings/index.ts";

/** The choices within a lock file, for commands that know no project. */
export function lockChoiceOptions(): readonly Option[] {
  return group("Packages:", [
    repeated("--group <name>", "Include this dependency group of a lock file (repeatable)"),
    repeated("--extra <name>", "Include this extra of a lock file (repeatable)"),
  ]);
}

/** Throws `usage` if a group or an extra is chosen, but no lock file is given. */
export function refuseLockChoice({ group: groups, extra }: LockChoiceOptions): void {
  const flag = groups ? "--group" : extra ? "--extra" : undefined;
  if (flag === undefined) return;
  throw new PosyError("usage", `\`${flag}\` needs a lock file, and none was given`, {
    hint: "give one with `-r pylock.toml`",
  });
}
