import type { Posy } from "../../posy.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { findInterpreters, type StoredPython, storedPythons } from "../../pythons/discover/index.ts";
import { type Interpreter, parsePythonRequest, type PythonRequest } from "../../model/index.ts";
import { openPythons, type OperationContext, warn } from "../../settings/index.ts";
import { compareVersions, isPrerelease, parseVersion } from "../../vocab/version/index.ts";
import { relinkLaunchers } from "../launchers/python-launchers.ts";
import { availablePython } from "./available-python.ts";
import type { PythonSourceOptions } from "./install-pythons.ts";
import { invalidateCachedRuns } from "./invalidate-cached-runs.ts";
import { type FailedPython, type InstalledPython, storePythons } from "./store-pythons.ts";
import { minorText } from "./minor-text.ts";
import { isOfVersion } from "./stored-for.ts";

/** The result for one minor version of one implementation, with or without free threading. */
export type PythonUpgrade = (InstalledPython | FailedPython) & {
  /** The versions that were in the store before, newest first. They stay. */
  readonly before: readonly string[];
};

/**
 * Installs the newest patch release of each minor version in the store, or of the requested ones, next to the older
 * releases. A requested minor version is installed even if the store has none of it. A failure does not stop the
 * others. Throws `usage` for a request that is not a minor version.
 */
export async function upgradePythons(
  requests: readonly string[],
  options: PythonSourceOptions,
  context: OperationContext,
): Promise<readonly PythonUpgrade[]> {
  const wanted = requests.map(minorRequest);
  await using posy = await openPythons(options, context);
  const { platform } = posy.machine;
  const stored = (await storedPythons(posy.home)).filter(
    ({ interpreter }) => interpreter.platform === platform,
  );
  const minors = [...minorsOf(stored).values()].filter(
    ([newest]) => wanted.length === 0 || wanted.some((request) => isOfVersion(request, newest)),
  );
  const upgrades = minors.map((releases) => ({
    before: releases.map(({ interpreter }) => interpreter.version),
    older: releases,
    request: minorText(releases[0].interpreter),
    find: () => newestPatch(releases[0].interpreter, posy),
  }));
  const missing = wanted
    .filter((request) => !minors.some(([newest]) => isOfVersion(request, newest)))
    .map(({ text }) => ({ before: [], older: [], request: text, find: () => availablePython(text, posy) }));
  const all = [...upgrades, ...missing];
  if (all.length === 0) warn(context, "there is no Python in the store to upgrade");
  const results = (await storePythons(all, posy)).map(
    (result, index): PythonUpgrade => ({ ...result, before: all[index]?.before ?? [] }),
  );
  // Cached runs that use an older patch release are resolved again, so that they use the new one.
  const replaced = all.flatMap(({ older }, index) => (results[index]?.state === "installed" ? older : []));
  for (const result of results) if (result.state !== "failed") await relinkLaunchers(result, posy.home);
  const envs = await Promise.all(replaced.map(({ sha256 }) => posy.forest.envsOn(sha256)));
  await invalidateCachedRuns(posy.home, envs.flat());
  return results;
}

type VersionRequest = Extract<PythonRequest, { kind: "version" }>;

/** Throws `usage` for a request that names one patch release: it has no newer one. */
function minorRequest(text: string): VersionRequest {
  const request = parsePythonRequest(text);
  if (request.kind === "version" && !request.specifier.specifiers.some(isExact)) return request;
  throw new PosyError("usage", `\`posy python upgrade\` takes minor versions, not \`${text}\``, {
    hint:
      request.kind === "version"
        ? `\`posy python install ${text}\` installs exactly this version`
        : "ask for a version, such as `3.13`",
  });
}

function isExact({ operator, wildcard }: VersionRequest["specifier"]["specifiers"][number]): boolean {
  return operator === "===" || (operator === "==" && !wildcard);
}

type NonEmpty = readonly [StoredPython, ...StoredPython[]];

/** The stored interpreters by minor version, newest first. */
function minorsOf(stored: readonly StoredPython[]): ReadonlyMap<string, NonEmpty> {
  const minors = new Map<string, NonEmpty>();
  for (const python of stored) {
    const key = minorText(python.interpreter);
    const earlier = minors.get(key);
    minors.set(key, earlier === undefined ? [python] : [...earlier, python]);
  }
  return minors;
}

/** The newest release of the same minor version that can be installed, or `current`. Never an older one. */
async function newestPatch(current: Interpreter, posy: Posy): Promise<Interpreter> {
  const version = parseVersion(current.version);
  const [major, minor] = version.release;
  // A pre-release is upgraded to later pre-releases, and to the final release.
  const text = isPrerelease(version)
    ? `${current.implementation}>=${current.version},<${major}.${Number(minor) + 1}${current.freeThreaded ? "t" : ""}`
    : minorText(current);
  const request = parsePythonRequest(text);
  const [best] = (await findInterpreters(request, posy.machine.platform, posy.pythons)).filter(
    ({ source }) => source.kind !== "adopted",
  );
  return best !== undefined && compareVersions(parseVersion(best.version), version) > 0 ? best : current;
}
