import type { Blueprint } from "../model/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import {
  addIndex,
  addDirectRequirement,
  addRequirement,
  type boundKinds,
  type RequirementList,
  setSource,
  versionBounds,
} from "../project/index.ts";
import type { OperationContext, RequirementListOptions } from "../settings/index.ts";
import type { Requirement } from "../vocab/requirement/index.ts";
import { compareVersions, parseVersion } from "../vocab/version/index.ts";
import { type LoweredBound, loweredBounds } from "./bounds/lowered-bounds.ts";
import { indexPins } from "./bounds/python-support.ts";
import {
  type BoundedRequirement,
  type OldestAnswer,
  onlyCommon,
  resolveOldest,
  type Unusable,
} from "./bounds/resolve-oldest.ts";
import { requirementListOf } from "./requirement-list-option.ts";
import { type AddArgument, type AddArgumentOptions, parseAddArguments } from "./add/parse-add-arguments.ts";
import { type AddedIndex, parseAddIndexes } from "./add/parse-add-indexes.ts";
import { explainChoices, type SurprisingChoices } from "./add/explain-choices.ts";
import { changeTo, type ProjectChange, writeChange } from "./locking/project-change.ts";
import type { ProjectSession } from "./session/project-session.ts";
import { withProjectLock } from "./session/with-project-lock.ts";
import { boundOf } from "./upgrade/replaced-version.ts";
import { excludedPythonKey } from "./bounds/warn-excluded-pythons.ts";
import { refuseChoices } from "./refuse-choices.ts";
import { resolveAdditionalList } from "./locking/resolve-additional-list.ts";
import { type EnvResolution, resolveEnvs } from "./locking/resolve-envs.ts";

/** Options of `add`. `group`, `extra` and `dev` choose the list that the requirements go to. */
export interface AddOptions extends AddArgumentOptions, RequirementListOptions {
  /** The kind of bound that a requirement without bounds gets from its resolved version. The default is `lower`. */
  readonly bounds?: (typeof boundKinds)[number];
  /** Indexes to take the packages from: `NAME=URL`, a URL, a folder, or the name of an index of the project. */
  readonly indexes?: readonly string[];
}

/** The change that `add` made. */
export interface Added extends ProjectChange {
  /** The choices that need an explanation. */
  readonly choices: SurprisingChoices & { readonly lowered: readonly LoweredBound[] };
}

/** The requirements and indexes to add, and the list that the requirements go to. */
interface Additions {
  readonly list: RequirementList;
  readonly requirements: readonly AddArgument[];
  readonly indexes: readonly AddedIndex[];
}

/**
 * Adds requirements (`numpy`, `numpy>=2`, a URL, a folder) to the dependencies, a group or an extra of a project, and
 * locks all of its environments. A requirement without bounds gets a bound from the version that was resolved for it.
 * Returns the change after writing it. Throws `unsatisfiable` if nothing fits, and `usage`, `invalid-requirement`, …;
 * then no file is changed.
 */
export async function add(
  session: ProjectSession,
  texts: readonly string[],
  options: AddOptions,
): Promise<Added> {
  refuseChoices(session.options);
  // The explanation may take as long as the change. Another process need not wait for it.
  const explain = await withProjectLock(session, (locked) => addLocked(locked, texts, options));
  return explain();
}

/** Adds requirements to a project that no other process changes. Returns a function that explains what was chosen. */
async function addLocked(
  session: ProjectSession,
  texts: readonly string[],
  options: AddOptions,
): Promise<() => Promise<Added>> {
  const { bounds: kind = "lower", indexes: typedIndexes = [], ...others } = options;
  const list = requirementListOf(others, session.project);
  const { indexes, remaining } = parseAddIndexes(typedIndexes, session.project, session.context);
  const project = await session.with({ options: { ...session.options, index: remaining } });
  const requirements = await parseAddArguments(texts, others, project);
  for (const { requirement } of requirements) refuseSelf(requirement, project.project.name, list);
  const additions = { list, requirements, indexes };

  const unbounded = await project.with({ text: await write(additions, project, () => ({})) });
  const found = await resolveEnvs(unbounded);
  const all = await allTargets(additions, unbounded, found);
  const oldest = await resolveOldest(unbounded, boundedOf(additions), all, (unusable) => {
    warnUnusable(unusable, session.context);
  });
  const changeWith = async (answers: readonly OldestAnswer[]) => {
    const versions = versionsFor(additions, all, answers);
    const boundsOf = (name: string) => {
      const [least, greatest] = versions.get(name) ?? [];
      return least === undefined ? {} : { bounds: versionBounds(least, kind, greatest) };
    };
    const bounded = await project.with({ text: await write(additions, project, boundsOf) });
    return changeTo(bounded, { before: project, found, unbounded });
  };
  // `==` names one version, so it must be one that all targets can use.
  const counting = kind === "exact" ? onlyCommon(oldest) : oldest;
  const change = await changeWith(counting).catch((error: unknown) => {
    const isExcluded = error instanceof PosyError && error.code === "unsatisfiable";
    if (isExcluded && counting.length > 0) return changeWith([]);
    throw error;
  });
  await writeChange(change);
  return async () => {
    const choices = await explainChoices(
      requirements.map(({ requirement }) => requirement),
      { locks: change.locks, asked: found, opened: unbounded },
    );
    return { ...change, choices: { ...choices, lowered: loweredBounds(all, counting) } };
  };
}

function warnUnusable({ requirement: { name }, python }: Unusable, { reporter }: OperationContext): void {
  const next = `3.${Number(python.slice(2)) + 1}`;
  reporter.report({
    kind: "warning",
    key: excludedPythonKey(name),
    message: `no version of \`${name}\` works on Python ${python}, which \`requires-python\` allows`,
    hint: `raise \`requires-python\`, or limit the requirement: \`posy add ${name} --marker "python_version >= '${next}'"\``,
  });
}

/** Returns the text of `pyproject.toml` with the additions. */
async function write(
  { list, requirements, indexes }: Additions,
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
      edited = await addDirectRequirement(edited, path, list, { ...requirement, url, absolute });
      continue;
    }
    edited = (await addRequirement(edited, path, list, requirement.text, boundsOf(name))).text;
    if (only?.name !== undefined && second === undefined) {
      edited = await setSource(edited, path, name, { index: only.name });
    }
  }
  return edited;
}

/** Returns the targets of all environments. If no environment has the list, it is resolved with the default one. */
async function allTargets(
  { list, requirements }: Additions,
  session: ProjectSession,
  found: readonly EnvResolution[],
): Promise<Blueprint> {
  const targets = found.flatMap(({ outcome }) => outcome.blueprint.targets);
  const names = requirements.map(({ requirement }) => requirement.name);
  return resolveAdditionalList(session, { blueprintVersion: 1, targets }, { list, names });
}

/** Returns the additions that get a bound: those without versions. */
function boundedOf({ list, requirements }: Additions): readonly BoundedRequirement[] {
  return requirements.flatMap(({ requirement }) =>
    requirement.specifier.specifiers.length > 0 ? [] : [{ list, requirement, origin: "" }],
  );
}

/**
 * Returns the least and the greatest resolved version of each addition by name. A package from a URL or a folder has
 * none. The versions for the oldest Python count, too, so that a bound allows all of them.
 */
function versionsFor(
  { requirements }: Additions,
  all: Blueprint,
  oldest: readonly OldestAnswer[],
): ReadonlyMap<string, readonly [least: string, greatest: string]> {
  return new Map(
    requirements.flatMap(({ requirement: { name } }) => {
      const ofOldest = oldest.filter((answer) =>
        answer.requirements.some(({ requirement }) => requirement.name === name),
      );
      const versions = [all, ...ofOldest.map(({ blueprint }) => blueprint)].flatMap((blueprint) =>
        indexPins(blueprint, name).map(({ version }) => parseVersion(version)),
      );
      versions.sort(compareVersions);
      const [least, greatest] = [versions[0], versions.at(-1)];
      // `==1.0` also matches `1.0+local`, and `>=` must have no local part (PEP 440), so the local part is cut off.
      return least && greatest ? [[name, [boundOf(least), boundOf(greatest)]] as const] : [];
    }),
  );
}

/** Throws `usage` if a project would require itself. Only a group or an extra may ask for extras of the project. */
function refuseSelf(
  { name, extras }: Requirement,
  projectName: string | undefined,
  { kind }: RequirementList,
): void {
  if (name !== projectName || (kind !== "dependencies" && extras.length > 0)) return;
  throw new PosyError("usage", `\`${name}\` is the project itself, which is in its environments anyway`, {
    hint: "name another package",
  });
}
