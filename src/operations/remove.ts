import { basename } from "node:path";
import { PosyError } from "../errors/posy-error.ts";
import {
  listedRequirements,
  parseProject,
  type Project,
  removeRequirement,
  removeSource,
  type RequirementPlace,
} from "../project/index.ts";
import type { PlaceOptions } from "../settings/index.ts";
import { type PackageName, parsePackageName } from "../vocab/requirement/index.ts";
import { placeOf } from "./dependency-list.ts";
import { changeTo, type ProjectChange, writeChange } from "./project-change.ts";
import type { ProjectSession } from "./project-session.ts";
import { refuseChoices } from "./refuse-choices.ts";

/**
 * Removes packages from the dependencies, a group or an extra of a project, and locks all of its environments. It
 * also removes the source of a package that no other list asks for. Returns the change after writing it. Throws
 * `not-found` if the list does not have a package, and what resolving throws; then no file is changed.
 */
export async function remove(
  session: ProjectSession,
  names: readonly string[],
  options: PlaceOptions,
): Promise<ProjectChange> {
  refuseChoices(session.options);
  const edited = await session.with({ text: await withoutRequirements(session, names, placeOf(options)) });
  const change = await changeTo(edited, { before: session });
  await writeChange(change);
  return change;
}

async function withoutRequirements(
  { text, project: { path } }: ProjectSession,
  names: readonly string[],
  place: RequirementPlace,
): Promise<string> {
  let edited = text;
  for (const typed of names) {
    const name = parsePackageName(typed);
    const { text: after, before } = await removeRequirement(edited, path, place, name);
    const elsewhere = await listsWith(name, after, path);
    if (before.length === 0) throw notListed(typed, path, place, elsewhere);
    edited = elsewhere.length === 0 ? await removeSource(after, path, name) : after;
  }
  return edited;
}

/** Returns the lists that ask for a package. */
async function listsWith(
  name: PackageName,
  text: string,
  path: string,
): Promise<readonly RequirementPlace[]> {
  const lists: RequirementPlace[] = [];
  for (const place of listsOf(await parseProject(text, path))) {
    const listed = (await listedRequirements(text, path, place)) ?? [];
    if (listed.some(({ requirement }) => requirement?.name === name)) lists.push(place);
  }
  return lists;
}

function listsOf({ optionalDependencies, groups }: Project): readonly RequirementPlace[] {
  return [
    { kind: "dependencies" },
    ...[...optionalDependencies.keys()].map((name) => ({ kind: "extra", name }) as const),
    ...[...groups.keys()].map((name) => ({ kind: "group", name }) as const),
  ];
}

/** Returns the error for a package that a list does not have. The hint names the lists that have it. */
function notListed(
  name: string,
  path: string,
  place: RequirementPlace,
  elsewhere: readonly RequirementPlace[],
): PosyError {
  const lists = elsewhere.map((other) =>
    other.kind === "dependencies"
      ? "without `--group` and `--extra`"
      : `with \`--${other.kind} ${other.name}\``,
  );
  return new PosyError(
    "not-found",
    `\`${name}\` is not among the ${nounOf(place)} of \`${basename(path)}\``,
    { hint: lists.length === 0 ? "`posy why` shows what asks for it" : `remove it ${lists.join(" and ")}` },
  );
}

function nounOf(place: RequirementPlace): string {
  if (place.kind === "dependencies") return "dependencies";
  return place.kind === "group"
    ? `dependencies of the group \`${place.name}\``
    : `dependencies of the extra \`${place.name}\``;
}
