import type { Posy } from "../../../posy.ts";
import { PosyError } from "../../../errors/posy-error.ts";
import { findInterpreters, type StoredPython, storedPythons } from "../../../pythons/discover/index.ts";
import { type Interpreter, parsePythonRequest, type PythonRequest } from "../../../model/index.ts";
import { compareVersions, isPrerelease, parseVersion } from "../../../vocab/version/index.ts";
import { availablePython } from "../../../operations/pythons/available-python.ts";
import {
  type FailedPython,
  type InstalledPython,
  installPythons,
} from "../../../operations/pythons/install-pythons.ts";
import { tellFailures, withErrorData } from "../../ui/python-results.ts";
import { isOfVersion } from "../../../operations/pythons/stored-for.ts";
import { invalidateCachedRuns } from "../../warm-start/invalidate.ts";
import { type IndexOptions, openPythons, type PythonOptions } from "../../../settings/index.ts";
import { renderUpgrades } from "../../ui/render-upgrades.ts";
import type { CommandContext } from "../command.ts";

export type PythonUpgradeOptions = Omit<PythonOptions, "python"> & IndexOptions & { readonly json?: true };

/** What became of one minor version of one implementation and kind. */
export type Upgrade = (InstalledPython | FailedPython) & {
  /** Versions of it that were in the forest before, newest first. They stay. */
  readonly before: readonly string[];
};

/**
 * `posy python upgrade`: the newest patch that is known of each minor version in the forest, or of those that are asked
 * for, put beside the older ones.
 */
export async function pythonUpgradeCommand(
  typed: readonly string[],
  options: PythonUpgradeOptions,
  context: CommandContext,
): Promise<number> {
  const requests = typed.map(minorRequest);
  const posy = await openPythons(options, context);
  const { platform } = posy.machine;
  const stored = (await storedPythons(posy.home)).filter(
    ({ interpreter }) => interpreter.platform === platform,
  );
  const minors = [...minorsOf(stored).values()].filter(
    ([newest]) => requests.length === 0 || requests.some((request) => isOfVersion(request, newest)),
  );
  const wishes = minors.map((there) => ({
    before: there.map(({ interpreter }) => interpreter.version),
    older: there,
    request: minorText(there[0].interpreter),
    find: () => newestPatch(there[0].interpreter, posy),
  }));
  // What is asked for by name is brought, though nothing of it is there yet.
  const missing = requests
    .filter((request) => !minors.some(([newest]) => isOfVersion(request, newest)))
    .map(({ text }) => ({ before: [], older: [], request: text, find: () => availablePython(text, posy) }));
  const all = [...wishes, ...missing];
  if (all.length === 0) context.console.warn("there is no Python in the store to upgrade");
  const results = (await installPythons(all, posy)).map(
    (result, at): Upgrade => ({ ...result, before: all[at]?.before ?? [] }),
  );
  // What was remembered with an older patch is asked anew: who upgrades means those runs too.
  const passed = all.flatMap(({ older }, at) => (results[at]?.state === "installed" ? older : []));
  const envs = await Promise.all(passed.map(({ sha256 }) => posy.forest.envsOn(sha256)));
  await invalidateCachedRuns(posy.home, envs.flat());
  context.console.print(
    options.json ? `${JSON.stringify(results.map(withErrorData), undefined, 2)}\n` : renderUpgrades(results),
  );
  return tellFailures(results, context.console);
}

type VersionRequest = Extract<PythonRequest, { kind: "version" }>;

/** Throws `usage` for what names one patch: there is nothing newer of that. */
function minorRequest(text: string): VersionRequest {
  const request = parsePythonRequest(text);
  if (request.kind === "version" && !request.specifier.specifiers.some(isExact)) return request;
  throw new PosyError("usage", `\`posy python upgrade\` takes minor versions, not \`${text}\``, {
    hint:
      request.kind === "version"
        ? `\`posy python install ${text}\` brings this very one`
        : "ask for a version, such as `3.13`",
  });
}

function isExact({ operator, wildcard }: VersionRequest["specifier"]["specifiers"][number]): boolean {
  return operator === "===" || (operator === "==" && !wildcard);
}

type Some = readonly [StoredPython, ...StoredPython[]];

/** What is stored of each minor version, newest first. */
function minorsOf(stored: readonly StoredPython[]): ReadonlyMap<string, Some> {
  const minors = new Map<string, Some>();
  for (const each of stored) {
    const key = minorText(each.interpreter);
    minors.set(key, minors.has(key) ? [...(minors.get(key) as Some), each] : [each]);
  }
  return minors;
}

/** `3.13`, `3.13t`, `pypy3.10`. */
function minorText({ implementation, version, freeThreaded }: Interpreter): string {
  const [major, minor] = parseVersion(version).release;
  return `${implementation === "cpython" ? "" : implementation}${major ?? 0}.${minor ?? 0}${freeThreaded ? "t" : ""}`;
}

/** The newest of its minor version that a source has, or itself: never an older one, never one of this machine's. */
async function newestPatch(current: Interpreter, posy: Posy): Promise<Interpreter> {
  const version = parseVersion(current.version);
  const [major, minor] = version.release;
  // A pre-release goes on to the next, and to the release when it is out.
  const text = isPrerelease(version)
    ? `${current.implementation}>=${current.version},<${major}.${Number(minor) + 1}${current.freeThreaded ? "t" : ""}`
    : minorText(current);
  const request = parsePythonRequest(text);
  const [best] = (await findInterpreters(request, posy.machine.platform, posy.pythons)).filter(
    ({ source }) => source.kind !== "adopted",
  );
  return best !== undefined && compareVersions(parseVersion(best.version), version) > 0 ? best : current;
}
