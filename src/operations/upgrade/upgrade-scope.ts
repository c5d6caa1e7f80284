import { PosyError } from "../../errors/posy-error.ts";
import {
  envBriefParts,
  type EnvName,
  parseGroupName,
  type Project,
  type RequirementList,
} from "../../project/index.ts";
import { isAsked, type RequirementLine, requirementLines } from "../bounds/requirement-lines.ts";
import { writtenClauses } from "./written-clauses.ts";
import { normalizeName, parseExtraName, parsePackageName } from "../../vocab/requirement/index.ts";
import { didYouMean } from "../../text/index.ts";
import { requirementListOf } from "../requirement-list-option.ts";
import type { CurrentLock } from "../locking/current-locks.ts";
import type { UpgradeJob } from "./propose-upgrade.ts";
import type { RequirementListOptions } from "../../settings/index.ts";

/** The options that choose what `upgrade` works on. */
export interface ScopeOptions extends RequirementListOptions {
  /** Names of the environments to upgrade. The default is all of them. */
  readonly env?: readonly string[];
  /** Replace bounds that exclude newer versions. */
  readonly latest?: true;
}

/**
 * Returns which requirements of a project are upgraded, and in which environments everything is. Throws `not-found`
 * for a name that is neither asked for nor locked; the hint has the nearest name.
 */
export function upgradeScope(
  project: Project,
  locks: readonly CurrentLock[],
  typed: readonly string[],
  { env: envs, latest, group, extra, dev }: ScopeOptions,
): UpgradeJob {
  const all = requirementLines(project);
  const names = typed.map((text) => {
    const name = parsePackageName(text);
    checkName(text, all, locks);
    return name;
  });
  const limitedTo = [group, extra, dev].some((option) => option !== undefined)
    ? requirementListOf({ group, extra, dev }, project)
    : undefined;
  const isInList = lineFilter(limitedTo, project);
  // Throws for an unknown environment, with the names of those that exist.
  envs?.forEach((name) => envBriefParts(project, name));
  const wanted = new Set<EnvName>([...project.envs.keys()].filter((name) => envs?.includes(name) ?? true));
  const selected = all.filter(
    (line) => isInList(line) && (names.length === 0 || names.includes(line.requirement.name)),
  );
  const asks = ({ brief }: CurrentLock, line: RequirementLine) => isAsked(line, brief);
  const lines = selected.filter((line) => locks.some((lock) => wanted.has(lock.env) && asks(lock, line)));
  const limited = names.length > 0 || limitedTo !== undefined;
  const whole = limited ? new Set<EnvName>() : wanted;
  const unlockedLines = selected.filter((line) => {
    return writtenClauses(line.text).length > 0 && !locks.some((lock) => asks(lock, line));
  });
  return {
    project,
    locks,
    lines,
    unlockedLines: envs === undefined ? unlockedLines : [],
    whole,
    names,
    latest: latest === true,
  };
}

/** Returns a filter for the lines of one list of requirements, or for all lines if there is no list. */
function lineFilter(list: RequirementList | undefined, project: Project): (line: RequirementLine) => boolean {
  if (list === undefined) return () => true;
  if (list.kind === "dependencies") return ({ list: { kind } }) => kind === "dependencies";
  // Throws for an unknown group or extra, with the names of those that exist.
  envBriefParts(
    project,
    "default",
    list.kind === "group" ? { groups: [parseGroupName(list.name)] } : { extras: [parseExtraName(list.name)] },
  );
  return (line) => line.list.kind === list.kind && normalizeName(line.list.name) === normalizeName(list.name);
}

function checkName(typed: string, lines: readonly RequirementLine[], locks: readonly CurrentLock[]): void {
  const name: string = parsePackageName(typed);
  const locked = locks.flatMap(
    ({ blueprint }) => blueprint?.targets.flatMap(({ packages }) => packages) ?? [],
  );
  const names = [
    ...new Set([...lines.map(({ requirement }) => requirement.name), ...locked.map((pin) => pin.name)]),
  ];
  if (names.includes(name)) return;
  if (name === "python") {
    throw new PosyError("usage", "Python is not upgraded by its name", {
      hint: "`posy upgrade` without names takes a newer one too, as far as `requires-python` lets it",
    });
  }
  const [near] = didYouMean(name, names);
  throw new PosyError("not-found", `\`${typed}\` is neither asked for by the project nor locked`, {
    hint:
      near === undefined
        ? `\`posy add ${typed}\` adds it; \`posy tree\` shows what is there`
        : `did you mean \`${near}\`?`,
  });
}
