import { PosyError } from "../../errors/posy-error.ts";
import {
  type LockedList,
  type LockedLists,
  type MissingList,
  namedSources,
  reachablePins,
} from "../../lockfile/index.ts";
import {
  type Blueprint,
  type BlueprintTarget,
  type Brief,
  isSameTarget,
  sameTargetIn,
} from "../../model/index.ts";
import type { Posy } from "../../posy.ts";
import type { ListSettings, ProjectList } from "../session/project-lists.ts";

/** An environment, and the extras and groups to resolve together with it. */
export interface ListsJob {
  /** The Brief of the environment. */
  readonly brief: Brief;
  /** True if variables or files narrow the Brief, so that the locked packages may not be enough. */
  readonly narrowed?: boolean;
  readonly lists: ListSettings;
}

/** Errors of one list that do not stop the lock, because the environment itself does not use the list. */
const errorsOfList = new Set([
  "unsatisfiable",
  "unknown-package",
  "no-interpreter",
  "invalid-project",
  "invalid-source",
  "build-failed",
]);

/**
 * Resolves the extras and groups of a project together with an environment (`base`), with its versions and those of
 * `earlier` as preferences. All of them have one version of a package. The environment does not change: a list that is
 * not in it does not hold its packages back. If the lists do not fit the environment and each other, they are added one
 * by one, and those that do not fit are left out with a warning. A list that has all that another one has does not fit
 * if that one does not: it is not resolved, since a resolve that fails may look at every version of a package. Throws
 * errors that are not those of a single list, for
 * example of the network.
 */
export async function resolveLists(
  base: Blueprint,
  earlier: Blueprint | undefined,
  job: ListsJob,
  posy: Posy,
): Promise<Omit<LockedLists, "fingerprint">> {
  const { lists, missing } = job.lists;
  const preferences = joined(base, earlier);
  const resolve = async (chosen: readonly ProjectList[]): Promise<Blueprint> => {
    const brief = briefWith(job, chosen);
    const kept = job.narrowed ? undefined : await posy.resolveFromLock(brief, preferences);
    if (kept && contains(kept, base)) return kept;
    const whole = await posy.resolve(brief, preferences, { anyMachine: true });
    if (!contains(whole, base)) throw otherVersions(base, whole);
    return whole;
  };
  try {
    return resultOf(await resolve(lists), lists, missing, job);
  } catch (error) {
    if (!isErrorOfList(error)) throw error;
  }
  const fitting: ProjectList[] = [];
  const unfit: { readonly list: ProjectList; readonly reason: MissingList["reason"] }[] = [];
  const leaveOut = (list: ProjectList, reason: MissingList["reason"], why: string) => {
    const { kind, name } = list;
    unfit.push({ list, reason });
    posy.pythons.reporter.report({
      kind: "warning",
      key: `missing list ${kind} ${name}`,
      message: `the lock does not have the ${kind} \`${name}\`, because it does not fit the other packages: ${why}`,
    });
  };
  let whole = base;
  for (const list of lists) {
    const part = unfit.find((earlierList) => includes(list, earlierList.list));
    if (part !== undefined) {
      leaveOut(list, part.reason, `it includes the ${part.list.kind} \`${part.list.name}\`, which does not`);
      continue;
    }
    try {
      whole = await resolve([...fitting, list]);
      fitting.push(list);
    } catch (error) {
      if (!isErrorOfList(error)) throw error;
      leaveOut(list, error.code, reasonOf(error));
    }
  }
  const left = unfit.map(({ list: { kind, name }, reason }) => ({ kind, name, reason }));
  return resultOf(whole, fitting, [...missing, ...left], job);
}

/** Whether a list has all requirements of another one. */
function includes({ contents }: ProjectList, part: ProjectList): boolean {
  return part.contents.length > 0 && part.contents.every((text) => contents.includes(text));
}

function isErrorOfList(error: unknown): error is PosyError {
  return error instanceof PosyError && errorsOfList.has(error.code);
}

/** Returns the message of an error in one line. The first line of an explanation only says that there is no answer. */
function reasonOf({ message }: PosyError): string {
  const lines = message.split("\n").map((line) => line.trim());
  return lines.slice(lines.length > 1 ? 1 : 0).join(", ");
}

function briefWith({ brief, lists }: ListsJob, chosen: readonly ProjectList[]): Brief {
  return {
    ...lists.brief,
    requirements: [...brief.requirements, ...chosen.flatMap((list) => list.briefRequirements)],
    sources: [...(brief.sources ?? []), ...chosen.flatMap((list) => list.sources)],
  };
}

/** Returns the targets of a Blueprint, and the packages that only `earlier` has. */
function joined(base: Blueprint, earlier: Blueprint | undefined): Blueprint {
  if (earlier === undefined) return base;
  const targets = base.targets.map((target): BlueprintTarget => {
    const names = new Set(target.packages.map(({ name }) => name));
    const other = sameTargetIn(earlier, target);
    const added = (other?.packages ?? []).filter(({ name }) => !names.has(name));
    return { ...target, packages: [...target.packages, ...added] };
  });
  return { ...base, targets };
}

function resultOf(
  whole: Blueprint,
  lists: readonly ProjectList[],
  missing: readonly MissingList[],
  { brief }: ListsJob,
): Omit<LockedLists, "fingerprint"> {
  const roots = (target: BlueprintTarget) => [
    ...brief.requirements.map(({ requirement }) => requirement),
    ...namedSources(brief.sources ?? [], target.packages),
  ];
  const pins = whole.targets.flatMap(({ packages }) => packages);
  const locked = lists.map(
    ({ kind, name, requirements, sources }): LockedList => ({
      kind,
      name,
      requirements: [...requirements, ...namedSources(sources, pins)],
    }),
  );
  const requirements = locked.flatMap((list) => list.requirements);
  const targets = whole.targets.map((target) => ({
    ...target,
    packages: reachablePins(target.packages, target.python, [...roots(target), ...requirements]),
  }));
  return { whole: { ...whole, targets }, lists: locked, missing };
}

/** Returns the error for lists that need other versions than the environment has. */
function otherVersions(base: Blueprint, whole: Blueprint): PosyError {
  const differences = base.targets.flatMap((target) => {
    const other = sameTargetIn(whole, target);
    const versions = new Map(other?.packages.map(({ name, version }) => [name, version]));
    return target.packages
      .filter(({ name, version }) => versions.get(name) !== version)
      .map(({ name, version }) => `\`${name} ${versions.get(name) ?? "(none)"}\` instead of \`${version}\``);
  });
  const [first = "another Python"] = differences;
  return new PosyError("unsatisfiable", `it needs ${first}`);
}

/** Whether a Blueprint has all targets of another one, with the same files of its packages. */
function contains(whole: Blueprint, { targets }: Blueprint): boolean {
  return (
    whole.targets.length === targets.length &&
    targets.every((target, index) => {
      const other = whole.targets[index];
      if (other === undefined || !isSameTarget(other, target)) return false;
      const urls = new Map(other.packages.map(({ name, artifact }) => [name, artifact.url]));
      return target.packages.every(({ name, artifact }) => urls.get(name) === artifact.url);
    })
  );
}
