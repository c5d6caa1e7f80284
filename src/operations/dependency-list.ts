import { PosyError } from "../errors/posy-error.ts";
import type { RequirementPlace } from "../project/index.ts";
import type { PlaceOptions } from "../settings/index.ts";

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
