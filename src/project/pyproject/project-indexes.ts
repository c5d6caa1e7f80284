import type { ExtraName, PackageName } from "../../vocab/requirement/index.ts";
import type { PackageIndex } from "./brief-parts.ts";
import type { GroupName, PackageSource, ProjectIndex, ProjectSettings } from "./project.ts";

/** Returns the sources that apply in an environment. Some apply only with an extra or a group. */
export function sourcesIn(
  all: ProjectSettings["sources"],
  extras: ReadonlySet<ExtraName>,
  groups: ReadonlySet<GroupName>,
): ProjectSettings["sources"] {
  const holds = ({ extra, group }: PackageSource) =>
    (extra === undefined || extras.has(extra)) && (group === undefined || groups.has(group));
  return new Map([...all].map(([name, sources]) => [name, sources.filter(holds)] as const));
}

/** Returns the indexes that sources choose for packages. */
export function packageIndexesOf(
  all: ProjectSettings["sources"],
  indexes: readonly ProjectIndex[],
): ReadonlyMap<PackageName, readonly PackageIndex[]> {
  const found = new Map<PackageName, readonly PackageIndex[]>();
  for (const [name, sources] of all) {
    const list = sources.flatMap(({ from, marker }) => {
      const index = from.kind === "index" ? indexes.find((entry) => entry.name === from.name) : undefined;
      return index === undefined ? [] : [{ index, ...(marker && { marker }) }];
    });
    if (list.length > 0) found.set(name, list);
  }
  return found;
}
