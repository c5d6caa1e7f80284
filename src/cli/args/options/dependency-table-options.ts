import type { Option } from "@commander-js/extra-typings";
import { PosyError } from "../../../errors/posy-error.ts";
import type { RequirementPlace } from "../../../project/pyproject/edit/requirement-lists.ts";
import { group, option } from "./option.ts";
import type { PlaceOptions } from "../../../settings/options.ts";

export function placeOptions(): readonly Option[] {
  return group("Where:", [
    option("--group <name>", "a dependency group instead of the project's dependencies"),
    option("--dev", "the same as `--group dev`"),
    option("--extra <name>", "an extra instead of the project's dependencies"),
  ]);
}

/** Throws `usage` where more than one is said. */
export function placeOf({ group: name, extra, dev }: PlaceOptions): RequirementPlace {
  const said = [name && "`--group`", dev && "`--dev`", extra && "`--extra`"].filter(Boolean);
  if (said.length > 1) {
    throw new PosyError("usage", `${said.join(" and ")} can't both be said`, { hint: "do it once for each" });
  }
  if (name !== undefined) return { kind: "group", name };
  if (dev) return { kind: "group", name: "dev" };
  return extra === undefined ? { kind: "dependencies" } : { kind: "extra", name: extra };
}
