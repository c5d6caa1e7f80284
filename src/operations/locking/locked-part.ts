import { basename } from "node:path";
import type { Blueprint } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { isSameList, type ListName, type LockContent, withLists } from "../../lockfile/index.ts";
import type { ProjectSettings } from "../session/project-settings.ts";

/**
 * Returns the part of a lock that is asked for: the environment with the extras and groups of `--extra` and `--group`.
 * Undefined if the lock does not have all of them.
 */
export function lockedPart(content: LockContent, askedLists: readonly ListName[]): Blueprint | undefined {
  return missingList(content, askedLists) === undefined ? partOf(content, askedLists) : undefined;
}

/**
 * Like `lockedPart`, for a lock that is used as it is (`--frozen`). Throws `lock-mismatch` with the reason why an extra
 * or a group is missing.
 */
export function frozenPart(
  content: LockContent,
  { askedLists, lockPath, env }: Pick<ProjectSettings, "askedLists" | "lockPath" | "env">,
): Blueprint {
  const list = missingList(content, askedLists);
  if (list === undefined) return partOf(content, askedLists);
  const { kind, name } = list;
  const reason = content.lists?.missing.find((missing) => isSameList(missing, list))?.reason;
  const what = `\`${basename(lockPath)}\` does not have the ${kind} \`${name}\``;
  const why = reason === undefined ? "" : `, because ${reasonTexts[reason] ?? unfit(reason)}`;
  throw new PosyError("lock-mismatch", `${what}${why}`, { hint: hintFor(kind, name, reason, env) });
}

/** Returns the first list that a lock does not have. */
function missingList({ lists }: LockContent, askedLists: readonly ListName[]): ListName | undefined {
  return askedLists.find((list) => !lists?.lists.some((locked) => isSameList(locked, list)));
}

/** Like `lockedPart`, for lists that the lock has. */
function partOf({ blueprint, lists }: LockContent, askedLists: readonly ListName[]): Blueprint {
  return lists === undefined || askedLists.length === 0 ? blueprint : withLists(blueprint, lists, askedLists);
}

const reasonTexts: Readonly<Record<string, string>> = {
  conflict: "`pyproject.toml` keeps it apart from another extra or group",
  override: "an override of the project has extras",
  source: "it takes packages from other sources than the rest of the lock",
};

function unfit(code: string): string {
  return `it did not fit the other packages (\`${code}\`)`;
}

function hintFor(kind: ListName["kind"], name: string, reason: string | undefined, env: string): string {
  if (reason !== undefined) {
    return `give it an environment: \`${kind}s = ["${name}"]\` in \`[tool.posy.envs.${name}]\`, then run \`posy lock\` and use \`--env ${name}\``;
  }
  return env === "default"
    ? "run `posy lock`, which adds the extras and groups of the project"
    : `add it to \`${kind}s\` in \`[tool.posy.envs.${env}]\` and run \`posy lock\`, or leave out \`--frozen\``;
}

/** Returns the error for `--frozen` with a Python that the lock does not have. */
export function notLockedPython({ targets }: Blueprint, python: string, lockPath: string): PosyError {
  const versions = [...new Set(targets.map((target) => `\`${target.python.version}\``))].join(", ");
  return new PosyError(
    "lock-mismatch",
    `\`${basename(lockPath)}\` has no Python that is \`${python}\`: it has ${versions}`,
    {
      hint: "add it to `python` in `[tool.posy]` and run `posy lock`, or leave out `--frozen`",
    },
  );
}
