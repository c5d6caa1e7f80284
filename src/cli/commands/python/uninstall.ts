import { join } from "node:path";
import type { Posy } from "../../../posy.ts";
import { PosyError } from "../../../errors/posy-error.ts";
import { storedNames, type StoredPython, storedPythons } from "../../../pythons/discover/index.ts";
import { type FailedPython } from "../../../operations/pythons/install-pythons.ts";
import { printFailures, withErrorData } from "../../ui/python-results.ts";
import { storedFor } from "../../../operations/pythons/stored-for.ts";
import { invalidateCachedRuns } from "../../warm-start/invalidate.ts";
import { openPythons } from "../../../settings/index.ts";
import { renderRemoved } from "../../ui/render-removed.ts";
import type { CommandContext } from "../command.ts";

export interface PythonUninstallOptions {
  readonly all?: true;
  readonly json?: true;
}

/** An interpreter that was in the store. A damaged one has only its folder. */
export interface RemovedPython extends Partial<Pick<StoredPython, "interpreter">> {
  readonly root: string;
  /** Keys of the Envs that used it. */
  readonly envs: readonly string[];
}

/**
 * `posy python uninstall`: removes interpreters from the store, never those installed on this machine otherwise. Envs
 * that used them are created again when they are needed.
 */
export async function pythonUninstallCommand(
  typed: readonly string[],
  options: PythonUninstallOptions,
  context: CommandContext,
): Promise<number> {
  const named = typed.length > 0;
  if (named === (options.all ?? false)) {
    throw new PosyError("usage", "`posy python uninstall` needs either requests or `--all`", {
      hint: "name versions, such as `3.12`, or give `--all` alone",
    });
  }
  const { console } = context;
  const posy = await openPythons({}, context);
  const stored = await storedPythons(posy.home);
  const failures: FailedPython[] = [];
  const selected = new Set<string>(options.all ? await storedNames(posy.home.pythons) : []);
  for (const request of new Set(typed)) {
    const matching = await storedFor(request, stored, posy).catch((error: unknown) => {
      failures.push({ state: "failed", request, error });
      return [];
    });
    for (const { sha256 } of matching) selected.add(sha256);
  }
  if (options.all && selected.size === 0) console.warn("there is no Python in the store");
  const outcomes = await Promise.all(
    inOrder(selected, stored).map((sha256) =>
      remove(sha256, stored, posy).catch((error: unknown): FailedPython => ({ state: "failed", error })),
    ),
  );
  const removed = outcomes.flatMap((outcome) => ("error" in outcome ? [] : [outcome]));
  failures.push(...outcomes.flatMap((outcome) => ("error" in outcome ? [outcome] : [])));
  // Else the next cached run would install the removed version again, even if a newer one is there.
  await invalidateCachedRuns(
    posy.home,
    removed.flatMap(({ envs }) => envs),
  );
  if (options.json) {
    const data = [
      ...removed.map((python) => ({ state: "removed", ...python })),
      ...failures.map((failure) => withErrorData(failure)),
    ];
    console.print(`${JSON.stringify(data, undefined, 2)}\n`);
  } else console.print(renderRemoved(removed));
  return printFailures(failures, console);
}

async function remove(
  sha256: string,
  stored: readonly StoredPython[],
  { forest, home }: Posy,
): Promise<RemovedPython> {
  const gone = await forest.removeInterpreter(sha256);
  const interpreter = stored.find((python) => python.sha256 === sha256)?.interpreter;
  // Undefined if another process removed it first.
  return { ...(interpreter && { interpreter }), root: join(home.pythons, sha256), envs: gone?.envs ?? [] };
}

/** Newest first, as they are stored; the damaged ones last. */
function inOrder(selected: ReadonlySet<string>, stored: readonly StoredPython[]): readonly string[] {
  const readable = stored.map(({ sha256 }) => sha256);
  return [
    ...readable.filter((sha256) => selected.has(sha256)),
    ...[...selected].filter((sha256) => !readable.includes(sha256)),
  ];
}
