import { keyIn, parsedAt, refuseKey, tableAt, type TomlDocument } from "../../toml/index.ts";
import { parseGroupName } from "./group-name.ts";
import type { DependencyGroup, GroupName } from "./project.ts";

/**
 * Reads the names of `[dependency-groups]` (PEP 735). The contents are read when a group is used, so that later
 * standards can allow more in groups that are not used here. Throws `invalid-project` if two names are the same.
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
          hint: "join the two groups",
        },
      );
    }
    groups.set(name, { nameText, line: document.lineOf(["dependency-groups", nameText]), content });
  }
  return groups;
}
