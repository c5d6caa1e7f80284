import type { Blueprint } from "../../model/index.ts";
import type { RequirementList } from "../../project/index.ts";
import type { AdditionalLists, ProjectSession } from "../session/project-session.ts";

/** A list of a project, and packages in it. */
interface ListedPackages {
  readonly list: RequirementList;
  readonly names: readonly string[];
}

/**
 * Resolves a group or an extra that no environment has, and adds its targets to the resolved environments. It is
 * resolved together with the default environment, so that an addition that does not fit is refused. Throws what
 * resolving throws.
 */
export async function resolveAdditionalList(
  session: ProjectSession,
  found: Blueprint,
  { list, names }: ListedPackages,
): Promise<Blueprint> {
  const locked = new Set(found.targets.flatMap(({ packages }) => packages.map(({ name }) => name)));
  if (list.kind === "dependencies" || names.every((name) => locked.has(name))) return found;
  const settings = await session.settings("default", listOptions(list));
  const posy = await session.posy(settings);
  const additional = await posy.resolve(settings.brief, found, { anyMachine: true });
  return { ...found, targets: [...found.targets, ...additional.targets] };
}

/** Returns the options that add a list to an environment. */
export function listOptions(list: RequirementList): AdditionalLists {
  return listsOptions([list]);
}

/** Returns the options that add several lists to an environment. */
export function listsOptions(lists: readonly RequirementList[]): AdditionalLists {
  const named = (kind: "group" | "extra") => [
    ...new Set(lists.flatMap((list) => (list.kind === kind ? [list.name] : []))),
  ];
  const [group, extra] = [named("group"), named("extra")];
  return { ...(group.length > 0 && { group }), ...(extra.length > 0 && { extra }) };
}
