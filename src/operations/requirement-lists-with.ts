import { listedRequirements, parseManifest, type Project, type RequirementList } from "../project/index.ts";
import type { PackageName } from "../vocab/requirement/index.ts";

/** Returns the lists of a project with a requirement on a package whose name `matches`. */
export async function requirementListsWith(
  matches: (name: PackageName) => boolean,
  { text, path }: { readonly text: string; readonly path: string },
): Promise<readonly RequirementList[]> {
  const lists: RequirementList[] = [];
  for (const list of listsOf(await parseManifest(text, path))) {
    const listed = (await listedRequirements(text, path, list)) ?? [];
    if (listed.some(({ requirement }) => requirement !== undefined && matches(requirement.name))) {
      lists.push(list);
    }
  }
  return lists;
}

function listsOf({ optionalDependencies, groups }: Project): readonly RequirementList[] {
  return [
    { kind: "dependencies" },
    ...[...optionalDependencies.keys()].map((name) => ({ kind: "extra", name }) as const),
    ...[...groups.keys()].map((name) => ({ kind: "group", name }) as const),
  ];
}
