import { keyIn, parsedAt, refuseKey, tableAt, type TomlDocument } from "../../toml/index.ts";
import { parseGroupName } from "./group-name.ts";
import type { DependencyGroup, GroupName } from "./project.ts";

/**
 * The names of `[dependency-groups]` (PEP 735). What is in them is looked at when one is used: so that later standards can
 * put other things into groups that nobody here asks for. Throws `invalid-project` where two names are the same.
 */
export function readGroups(value: unknown, document: TomlDocument): ReadonlyMap<GroupName, DependencyGroup> {
  const groups = new Map<GroupName, DependencyGroup>();
  for (const [nameText, content] of Object.entries(tableAt(value ?? {}, "dependency-groups"))) {
    const key = keyIn("dependency-groups", nameText);
    const name = parsedAt(nameText, key, parseGroupName);
    const before = groups.get(name);
    if (before !== undefined) {
      throw refuseKey(
        key,
        `is the group \`${name}\` once more: line ${before.line} has \`${before.nameText}\``,
        {
          hint: "make one group of both",
        },
      );
    }
    groups.set(name, { nameText, line: document.lineOf(["dependency-groups", nameText]), content });
  }
  return groups;
}
