import type { Blueprint, Brief } from "../../model/index.ts";
import { markerEnvironment } from "../../pythons/compatibility/index.ts";
import { evaluateMarker, type Requirement } from "../../vocab/requirement/index.ts";
import { parseVersion, type Version } from "../../vocab/version/index.ts";
import { arrayAt, listed, pathOf, type Project, type RequirementPlace } from "../../project/index.ts";

/** A requirement where it stands in `pyproject.toml`: each on its own, though another may be of the same package. */
export interface RequirementLine {
  readonly place: RequirementPlace;
  /** In its list. */
  readonly index: number;
  /** Counted from 1. */
  readonly line: number;
  readonly text: string;
  readonly requirement: Requirement;
}

/** All requirements of a project: its dependencies, its extras, its groups. */
export function requirementLines(project: Project): readonly RequirementLine[] {
  const { document, optionalDependencies, groups } = project;
  const places: readonly RequirementPlace[] = [
    { kind: "dependencies" },
    ...[...optionalDependencies.keys()].map((name) => ({ kind: "extra", name }) as const),
    // What is wrong in a group is for who uses it to hear (PEP 735).
    ...[...groups].flatMap(([name, { content }]) =>
      Array.isArray(content) ? [{ kind: "group", name } as const] : [],
    ),
  ];
  return places.flatMap((place) => {
    const node = arrayAt(document, place);
    if (node === undefined) return [];
    return listed(node).flatMap(({ index, text, requirement }) => {
      const line = document.lineOf([...pathOf(document, place), index]);
      return requirement === undefined ? [] : [{ place, index, line, text, requirement }];
    });
  });
}

/** Whether an environment asks for what stands there, on some target at least. */
export function isAsked(line: RequirementLine, brief: Brief): boolean {
  return askedAs(line, brief).length > 0;
}

/** What the requirement came to in an answer: the versions on the targets on which it holds. What names a place is no version. */
export function foundFor(line: RequirementLine, brief: Brief, { targets }: Blueprint): readonly Version[] {
  const asked = askedAs(line, brief).filter(({ url }) => url === undefined);
  return targets.flatMap(({ python, packages }) => {
    const environment = markerEnvironment(python);
    if (!asked.some(({ marker }) => marker === undefined || evaluateMarker(marker, environment))) return [];
    const pin = packages.find(({ name }) => name === line.requirement.name);
    if (pin === undefined || pin.artifact.kind === "source" || pin.artifact.direct) return [];
    return [parseVersion(pin.version)];
  });
}

/** With the markers that the list has besides: an extra may be asked for where some other marker holds only. */
function askedAs({ line, requirement: { text } }: RequirementLine, brief: Brief): readonly Requirement[] {
  const origin = `pyproject.toml:${line}`;
  return brief.requirements
    .filter((each) => each.origin === origin && each.requirement.text === text)
    .map(({ requirement }) => requirement);
}
