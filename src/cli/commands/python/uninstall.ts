import { join } from "node:path";
import type { Posy } from "../../../posy.ts";
import { PosyError } from "../../../errors/posy-error.ts";
import { storedNames, type StoredPython, storedPythons } from "../../../pythons/discover/index.ts";
import { type FailedPython } from "../../../operations/pythons/install-pythons.ts";
import { tellFailures, withErrorData } from "../../ui/python-results.ts";
import { storedFor } from "../../../operations/pythons/stored-for.ts";
import { invalidateCachedRuns } from "../../warm-start/invalidate.ts";
import { openPythons } from "../../../settings/index.ts";
import { renderRemoved } from "../../ui/render-removed.ts";
import type { CommandContext } from "../command.ts";

export interface PythonUninstallOptions {
  readonly all?: true;
  readonly json?: true;
}

/** An interpreter that was in the forest. One that was damaged is known by its folder alone. */
export interface RemovedPython extends Partial<Pick<StoredPython, "interpreter">> {
  readonly root: string;
  /** Keys of the Envs that rested on it. */
  readonly envs: readonly string[];
}

/**
 * `posy python uninstall`: removes interpreters from the forest, never one of the machine's own. Envs that rest on them
 * grow again when they are used.
 */
export async function pythonUninstallCommand(
  typed: readonly string[],
  options: PythonUninstallOptions,
  context: CommandContext,
): Promise<number> {
  const named = typed.length > 0;
  if (named === (options.all ?? false)) {
    throw new PosyError("usage", "`posy python uninstall` needs to know which", {
      hint: "name versions, such as `3.12`, or give `--all` alone",
    });
  }
  const { console } = context;
  const posy = await openPythons({}, context);
  const stored = await storedPythons(posy.home);
  const failures: FailedPython[] = [];
  const meant = new Set<string>(options.all ? await storedNames(posy.home.pythons) : []);
  for (const request of new Set(typed)) {
    const found = await storedFor(request, stored, posy).catch((error: unknown) => {
      failures.push({ state: "failed", request, error });
      return [];
    });
    for (const { sha256 } of found) meant.add(sha256);
  }
  if (options.all && meant.size === 0) console.warn("there is no Python in the store");
  const outcomes = await Promise.all(
    inOrder(meant, stored).map((sha256) =>
      remove(sha256, stored, posy).catch((error: unknown): FailedPython => ({ state: "failed", error })),
    ),
  );
  const removed = outcomes.flatMap((outcome) => ("error" in outcome ? [] : [outcome]));
  failures.push(...outcomes.flatMap((outcome) => ("error" in outcome ? [outcome] : [])));
  // Else the next run would bring back what nobody wants, though a newer one is there.
  await invalidateCachedRuns(
    posy.home,
    removed.flatMap(({ envs }) => envs),
  );
  if (options.json) {
    const data = [
      ...removed.map((each) => ({ state: "removed", ...each })),
      ...failures.map((failure) => withErrorData(failure)),
    ];
    console.print(`${JSON.stringify(data, undefined, 2)}\n`);
  } else console.print(renderRemoved(removed));
  return tellFailures(failures, console);
}

async function remove(
  sha256: string,
  stored: readonly StoredPython[],
  { forest, home }: Posy,
): Promise<RemovedPython> {
  const gone = await forest.removeInterpreter(sha256);
  const interpreter = stored.find((each) => each.sha256 === sha256)?.interpreter;
  // Where somebody else was quicker it is gone as well.
  return { ...(interpreter && { interpreter }), root: join(home.pythons, sha256), envs: gone?.envs ?? [] };
}

/** Newest first, as they are stored; the damaged ones last. */
function inOrder(meant: ReadonlySet<string>, stored: readonly StoredPython[]): readonly string[] {
  const readable = stored.map(({ sha256 }) => sha256);
  return [
    ...readable.filter((sha256) => meant.has(sha256)),
    ...[...meant].filter((sha256) => !readable.includes(sha256)),
  ];
}
