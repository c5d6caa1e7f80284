import { PosyError } from "../errors/posy-error.ts";
import type { RequirementList } from "../project/index.ts";
import type { RequirementListOptions } from "../settings/index.ts";

/**
 * Returns the list that `--group`, `--dev` or `--extra` names, else the dependencies. Throws `usage` if two are
 * given.
 */
export function requirementListOf({ group: name, extra, dev }: RequirementListOptions): RequirementList {
  const options = [name && "`--group`", dev && "`--dev`", extra && "`--extra`"].filter(Boolean);
  if (options.length > 1) {
    throw new PosyError("usage", `${options.join(" and ")} can't be combined`, {
      hint: "run the command once for each",
    });
  }
  if (name !== undefined) return { kind: "group", name };
  if (dev) return { kind: "group", name: "dev" };
  return extra === undefined ? { kind: "dependencies" } : { kind: "extra", name: extra };
}
