import { basename } from "node:path";
import type { Blueprint } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { isSameList, type ListName, type LockedLists, withLists } from "../../lockfile/index.ts";
import type { ProjectSettings } from "../session/project-settings.ts";

/** A lock as it was read or made. */
interface LockContent {
  readonly blueprint: Blueprint;
  readonly lists: LockedLists | undefined;
}

/**
 * Returns the part of a lock that is asked for: the environment with the extras and groups of `--extra` and `--group`.
 * Undefined if the lock does not have all of them.
 */
export function lockedPart(
  { blueprint, lists }: LockContent,
  askedLists: readonly ListName[],
): Blueprint | undefined {
  if (askedLists.length === 0) return blueprint;
  const missing = askedLists.find((list) => !lists?.lists.some((locked) => isSameList(locked, list)));
  return missing === undefined && lists ? withLists(blueprint, lists, askedLists) : undefined;
}

/**
 * Like `lockedPart`, for a lock that is used as it is (`--frozen`). Throws `lock-mismatch` with the reason why an extra
 * or a group is missing.
 */
export function frozenPart(
  content: LockContent,
  { askedLists, lockPath, env }: Pick<ProjectSettings, "askedLists" | "lockPath" | "env">,
): Blueprint {
  const part = lockedPart(content, askedLists);
  if (part !== undefined) return part;
  const { lists } = content;
  const list = askedLists.find((asked) => !lists?.lists.some((locked) => isSameList(locked, asked)));
  const { kind, name } = list ?? { kind: "group", name: "" };
  const reason = lists?.missing.find((missing) => list && isSameList(missing, list))?.reason;
  const what = `\`${basename(lockPath)}\` does not have the ${kind} \`${name}\``;
  const why = reason === undefined ? "" : `, because ${reasonTexts[reason] ?? unfit(reason)}`;
  throw new PosyError("lock-mismatch", `${what}${why}`, { hint: hintFor(kind, name, reason, env) });
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

/** Returns the error for a Python that a lock does not have, where the lock is used as it is. */
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
