import { PosyError } from "../errors/posy-error.ts";
import type { Project, RequirementList } from "../project/index.ts";
import type { RequirementListOptions } from "../settings/index.ts";

/**
 * Returns the list that `--group`, `--dev` or `--extra` names, else the dependencies. Throws `usage` if two are
 * given, or one for a script, which has only dependencies.
 */
export function requirementListOf(
  { group: name, extra, dev }: RequirementListOptions,
  { isScript }: Pick<Project, "isScript">,
): RequirementList {
  const options = [name && "`--group`", dev && "`--dev`", extra && "`--extra`"].filter(Boolean);
  if (isScript && options.length > 0) {
    throw new PosyError("usage", `${options.join(" and ")} can't be combined with \`--script\``, {
      hint: "a script has one list of dependencies; leave the option out",
    });
  }
  if (options.length > 1) {
    throw new PosyError("usage", `${options.join(" and ")} can't be combined`, {
      hint: "run the command once for each",
    });
  }
  if (name !== undefined) return { kind: "group", name };
  if (dev) return { kind: "group", name: "dev" };
  return extra === undefined ? { kind: "dependencies" } : { kind: "extra", name: extra };
}
