import { dirname } from "node:path";
import { quote } from "../../vocab/quote.ts";
import { isTable, keyIn, listAt, parsedAt, refuseKey } from "../../vocab/toml-value.ts";
import type { Requirement } from "../../vocab/requirement.ts";
import { parseGroupName } from "./group-name.ts";
import type { GroupName, Project, Written } from "./project.ts";
import { requirementAt, type ReadingPlace } from "./read-requirements.ts";
import { meant } from "./read-table.ts";
import { withLine } from "./toml-document.ts";

/** The requirements of a group and of those that it includes, in the order written (PEP 735). Throws `invalid-project`, with file and line. */
export function expandGroup({ groups, document }: Project, name: GroupName): readonly Written<Requirement>[] {
  try {
    return expand(groups, name, { document, folder: dirname(document.path) }, []);
  } catch (error) {
    throw withLine(error, document);
  }
}

function expand(
  groups: Project["groups"],
  name: GroupName,
  place: ReadingPlace,
  above: readonly GroupName[],
): readonly Written<Requirement>[] {
  const group = groups.get(name);
  if (group === undefined) return [];
  const key = keyIn("dependency-groups", group.nameText);
  return listAt(group.content, key, (item, itemKey) => {
    if (!isTable(item)) return [requirementAt(item, itemKey, place)];
    const included = includeOf(item, itemKey);
    if (!groups.has(included)) {
      throw refuseKey(itemKey, `includes the group ${quote(included)}, and there is none of that name`, {
        hint: meant(included, [...groups.keys()]),
      });
    }
    const way = [...above, name];
    if (way.includes(included)) {
      throw refuseKey(itemKey, `includes itself: ${[...way, included].join(" → ")}`, {
        hint: "take one of the `include-group` out",
      });
    }
    return expand(groups, included, place, way);
  }).flat();
}

/** PEP 735: a table in a group has the one key `include-group`, and nothing else. */
function includeOf(item: Readonly<Record<string, unknown>>, key: string): GroupName {
  const names = Object.keys(item);
  const other = names.find((name) => name !== "include-group");
  if (other !== undefined || names.length === 0) {
    throw refuseKey(
      other === undefined ? key : keyIn(key, other),
      "is nothing that a dependency group can have",
      {
        hint: 'a group has requirements, and other groups: `{ include-group = "test" }`',
      },
    );
  }
  return parsedAt(item["include-group"], `${key}.include-group`, parseGroupName);
}
