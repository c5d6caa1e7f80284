import type { Blueprint } from "../model/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import {
  addIndex,
  addPlaced,
  addRequirement,
  type boundKinds,
  type RequirementPlace,
  setSource,
  versionBounds,
} from "../project/index.ts";
import type { PlaceOptions } from "../settings/index.ts";
import type { Requirement } from "../vocab/requirement/index.ts";
import { parseVersion } from "../vocab/version/index.ts";
import { placeOf } from "./dependency-list.ts";
import { type AddArgument, type AddArgumentOptions, parseAddArguments } from "./parse-add-arguments.ts";
import { type AddedIndex, parseAddIndexes } from "./parse-add-indexes.ts";
import { changeTo, type ProjectChange, writeChange } from "./project-change.ts";
import type { ProjectSession } from "./project-session.ts";
import { refuseChoices } from "./refuse-choices.ts";
import { resolveAdditionalList } from "./resolve-additional-list.ts";
import { type EnvResolution, resolveEnvs } from "./resolve-envs.ts";

export interface AddOptions extends AddArgumentOptions, PlaceOptions {
  /** The bound that a requirement without one gets from the version that was found: `lower` if it is left out. */
  readonly bounds?: (typeof boundKinds)[number];
  /** Indexes to take the packages from: `NAME=URL`, a URL, a folder, or the name of one that the project has. */
  readonly indexes?: readonly string[];
}

/** What is added, and where it goes. */
interface Additions {
  readonly place: RequirementPlace;
  readonly requirements: readonly AddArgument[];
  readonly indexes: readonly AddedIndex[];
}

/**
 * Adds requirements to the project, a group or an extra, and locks it. A requirement without bounds gets one from the version
 * that was found for it. If nothing fits, every file stays as it was.
 */
export async function add(
  session: ProjectSession,
  texts: readonly string[],
  options: AddOptions,
): Promise<ProjectChange> {
  refuseChoices(session.options);
  const { bounds: kind = "lower", indexes: typedIndexes = [], ...others } = options;
  const place = placeOf(others);
  const { indexes, remaining } = parseAddIndexes(typedIndexes, session.project, session.context);
  const project = await session.with({ options: { ...session.options, index: remaining } });
  const requirements = await parseAddArguments(texts, others, project);
  for (const { requirement } of requirements) refuseSelf(requirement, project.project.name, place);
  const additions = { place, requirements, indexes };

  const unbounded = await project.with({ text: await write(additions, project, () => ({})) });
  const found = await resolveEnvs(unbounded);
  const versions = await versionsFor(additions, unbounded, found);
  const boundsOf = (name: string) => {
    const version = versions.get(name);
    return version === undefined ? {} : { bounds: versionBounds(version, kind) };
  };
  const bounded = await project.with({ text: await write(additions, project, boundsOf) });
  const change = await changeTo(bounded, { before: project, found, unbounded });
  await writeChange(change);
  return change;
}

/** The text of `pyproject.toml` with the additions. */
async function write(
  { place, requirements, indexes }: Additions,
  { project: { path }, text }: ProjectSession,
  boundsOf: (name: string) => { readonly bounds?: string },
): Promise<string> {
  const [only, second] = indexes.filter(({ name }) => name !== undefined);
  let edited = text;
  for (const { written } of indexes.toReversed()) {
    if (written) edited = await addIndex(edited, path, written);
  }
  for (const { requirement, absolute } of requirements) {
    const { name, url } = requirement;
    if (url !== undefined) {
      edited = await addPlaced(edited, path, place, { ...requirement, url, absolute });
      continue;
    }
    edited = (await addRequirement(edited, path, place, requirement.text, boundsOf(name))).text;
    if (only?.name !== undefined && second === undefined) {
      edited = await setSource(edited, path, name, { index: only.name });
    }
  }
  return edited;
}

/** The versions that were found for the additions, by name. A package from a URL or a folder has none. */
async function versionsFor(
  { place, requirements }: Additions,
  session: ProjectSession,
  found: readonly EnvResolution[],
): Promise<ReadonlyMap<string, string>> {
  const targets = found.flatMap(({ outcome }) => outcome.blueprint.targets);
  const names = requirements.map(({ requirement }) => requirement.name);
  const all = await resolveAdditionalList(session, { blueprintVersion: 1, targets }, { place, names });
  return new Map(
    names.flatMap((name) => {
      const version = lowestVersion(all, name);
      return version === undefined ? [] : [[name, version] as const];
    }),
  );
}

/** The lowest version that any target got, so that the bounds allow all of them. */
function lowestVersion({ targets }: Blueprint, name: string): string | undefined {
  const pins = targets.flatMap(({ packages }) => packages.filter((pin) => pin.name === name));
  if (pins.some(({ artifact }) => artifact.direct)) return undefined;
  const versions = pins.map(({ version }) => parseVersion(version));
  versions.sort((a, b) => (a.order < b.order ? -1 : 1));
  // `==` matches a version with a local part by its public part; `>=` takes no local part.
  return versions[0]?.text.replace(/\+.*$/, "");
}

/** A project may ask for extras of its own in a group or another extra, and for itself nowhere else. */
function refuseSelf(
  { name, extras }: Requirement,
  projectName: string | undefined,
  { kind }: RequirementPlace,
): void {
  if (name !== projectName || (kind !== "dependencies" && extras.length > 0)) return;
  throw new PosyError("usage", `\`${name}\` is the project itself, which is in its environments anyway`, {
    hint: "name another package",
  });
}
