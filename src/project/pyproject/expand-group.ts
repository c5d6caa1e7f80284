import { dirname } from "node:path";
import { quote } from "../../text/index.ts";
import { isTable, keyIn, listAt, suggestNames, parsedAt, refuseKey, withLine } from "../../toml/index.ts";
import type { Requirement } from "../../vocab/requirement/index.ts";
import { parseGroupName } from "./group-name.ts";
import type { GroupName, Project, Written } from "./project.ts";
import { requirementAt, type ReadContext } from "./read-requirements.ts";

/**
 * Returns the requirements of a group and of the groups that it includes, in the order written (PEP 735). A group
 * counts once, even if it is included several times. Throws `invalid-project`, with file and line.
 */
export function expandGroup({ groups, document }: Project, name: GroupName): readonly Written<Requirement>[] {
  try {
    return expand(groups, name, { document, folder: dirname(document.path) });
  } catch (error) {
    throw withLine(error, document);
  }
}

/** The items of a group that are still to be read. */
type Reading = Iterator<GroupItem, unknown>;

type GroupItem = Written<Requirement> | { readonly included: GroupName; readonly key: string };

/** Expands a group without recursion, because groups may include each other to any depth. */
function expand(
  groups: Project["groups"],
  first: GroupName,
  context: ReadContext,
): readonly Written<Requirement>[] {
  const found: Written<Requirement>[] = [];
  const done = new Set<GroupName>();
  const open = new Map<GroupName, Reading>();
  const enter = (name: GroupName) => open.set(name, itemsOf(groups, name, context).values());
  enter(first);
  const stack = [first];
  for (let name = stack.at(-1); name !== undefined; name = stack.at(-1)) {
    const next = open.get(name)?.next();
    if (next === undefined || next.done === true) {
      stack.pop();
      open.delete(name);
      done.add(name);
      continue;
    }
    const item = next.value;
    if (!("included" in item)) {
      found.push(item);
      continue;
    }
    const { included, key } = item;
    if (!groups.has(included)) {
      throw refuseKey(key, `includes the group ${quote(included)}, which does not exist`, {
        hint: suggestNames(included, [...groups.keys()]),
      });
    }
    if (open.has(included)) {
      throw refuseKey(key, `includes itself: ${[...stack, included].join(" → ")}`, {
        hint: "remove one `include-group`",
      });
    }
    if (done.has(included)) continue;
    enter(included);
    stack.push(included);
  }
  return found;
}

function itemsOf(groups: Project["groups"], name: GroupName, context: ReadContext): readonly GroupItem[] {
  const group = groups.get(name);
  if (group === undefined) return [];
  return listAt(
    group.content,
    keyIn("dependency-groups", group.nameText),
    (item, key): GroupItem =>
      isTable(item) ? { included: includeOf(item, key), key } : requirementAt(item, key, context),
  );
}

/** PEP 735: a table in a group has the one key `include-group`, and nothing else. */
function includeOf(item: Readonly<Record<string, unknown>>, key: string): GroupName {
  const names = Object.keys(item);
  const other = names.find((name) => name !== "include-group");
  if (other !== undefined || names.length === 0) {
    throw refuseKey(other === undefined ? key : keyIn(key, other), "is not allowed in a dependency group", {
      hint: 'a group has requirements, and other groups: `{ include-group = "test" }`',
    });
  }
  return parsedAt(item["include-group"], `${key}.include-group`, parseGroupName);
}
