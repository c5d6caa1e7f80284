import type { Blueprint, Brief } from "../../model/index.ts";
import { markerEnvironment } from "../../pythons/compatibility/index.ts";
import { evaluateMarker, type Requirement } from "../../vocab/requirement/index.ts";
import { parseVersion, type Version } from "../../vocab/version/index.ts";
import { arrayAt, listed, pathOf, type Project, type RequirementList } from "../../project/index.ts";

/** One requirement in `pyproject.toml`. A package may have several. */
export interface RequirementLine {
  /** The list that it is in. */
  readonly list: RequirementList;
  /** Its index in the list, from 0. */
  readonly index: number;
  /** The number of its line, from 1. */
  readonly line: number;
  readonly text: string;
  readonly requirement: Requirement;
}

/** Lists all requirements of a project: its dependencies, its extras, its groups. */
export function requirementLines(project: Project): readonly RequirementLine[] {
  const { document, optionalDependencies, groups } = project;
  const lists: readonly RequirementList[] = [
    { kind: "dependencies" },
    ...[...optionalDependencies.keys()].map((name) => ({ kind: "extra", name }) as const),
    // An invalid group is an error only for those who use it (PEP 735).
    ...[...groups].flatMap(([name, { content }]) =>
      Array.isArray(content) ? [{ kind: "group", name } as const] : [],
    ),
  ];
  return lists.flatMap((list) => {
    const node = arrayAt(document, list);
    if (node === undefined) return [];
    return listed(node).flatMap(({ index, text, requirement }) => {
      const line = document.lineOf([...pathOf(document, list), index]);
      return requirement === undefined ? [] : [{ list, index, line, text, requirement }];
    });
  });
}

/** Whether the Brief of an environment has the requirement, at least for some targets. */
export function isAsked(line: RequirementLine, brief: Brief): boolean {
  return askedAs(line, brief).length > 0;
}

/**
 * Returns the resolved versions of a requirement in a Blueprint, on the targets whose markers it meets. A package
 * from a URL or a folder gives none.
 */
export function resolvedVersions(
  line: RequirementLine,
  brief: Brief,
  { targets }: Blueprint,
): readonly Version[] {
  const asked = askedAs(line, brief).filter(({ url }) => url === undefined);
  return targets.flatMap(({ python, packages }) => {
    const environment = markerEnvironment(python);
    if (!asked.some(({ marker }) => marker === undefined || evaluateMarker(marker, environment))) return [];
    const pin = packages.find(({ name }) => name === line.requirement.name);
    if (pin === undefined || pin.artifact.kind === "source" || pin.artifact.direct) return [];
    return [parseVersion(pin.version)];
  });
}

/** Returns the requirement as the Brief has it, once for each marker under which its list is asked for. */
function askedAs({ line, requirement: { text } }: RequirementLine, brief: Brief): readonly Requirement[] {
  const origin = `pyproject.toml:${line}`;
  return brief.requirements
    .filter((entry) => entry.origin === origin && entry.requirement.text === text)
    .map(({ requirement }) => requirement);
}
