import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { uncacheable } from "../../report/reporter.ts";
import { timed } from "../../report/timings.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { PlatformName } from "../../vocab/tags/index.ts";
import { compareVersions, isPrerelease, parseVersion, minorOf } from "../../vocab/version/index.ts";
import { pythonOnPath } from "../system/index.ts";
import { loadCatalogue } from "../catalogue/index.ts";
import { platformDefaults, runsOn } from "../compatibility/index.ts";
import { indexPybis } from "../pybi/index.ts";
import { type Interpreter, isRequestedPython, type PythonRequest } from "../../model/index.ts";
import { isWhole, type PythonsContext } from "../index.ts";
import { archivesOfIndexes, indexFolders } from "./archives-of-indexes.ts";
import { storedPythonsOfAll } from "./stored-pythons.ts";
import type { PythonIdentity } from "../standalone/index.ts";
import { userFolder } from "../../system/fs/index.ts";

/**
 * Returns the interpreters that satisfy a request on a platform, best first; empty if there are none.
 *
 * - Whole interpreters come before those that lack modules, newer before older, python-build-standalone before the
 *   catalogue. Pre-releases are included only if the request allows them.
 * - On this machine's platform, only interpreters that it can run are returned: its C library must be new enough.
 * - Installed Pythons are used only if nothing else fits or the request names one by path. Last come interpreters that
 *   are in the store only.
 * - Offline, if anything fits that is on this machine, only that is returned.
 *
 * With `onlyProvided`, installed Pythons and those that are in the store only do not count, since other machines do not
 * have them. An interpreter that the request names by path is returned all the same.
 *
 * Throws `not-found`, `no-interpreter`, `invalid-interpreter` or `invalid-pybi` if the path, name or file in the
 * request can't be used, and `network`, `http-status` or `not-found` if a mirror that the user set can't be read.
 */
export function findInterpreters(
  request: PythonRequest | undefined,
  platform: PlatformName,
  context: PythonsContext,
  options: SearchOptions = {},
): Promise<readonly Interpreter[]> {
  return timed(context.reporter, "find Pythons", platform, () => find(request, platform, context, options));
}

interface SearchOptions {
  readonly onlyProvided?: boolean;
}

async function find(
  request: PythonRequest | undefined,
  platform: PlatformName,
  context: PythonsContext,
  { onlyProvided = false }: SearchOptions,
): Promise<readonly Interpreter[]> {
  if (request !== undefined && request.kind !== "version") dependsOnMachine(context);
  switch (request?.kind) {
    case "path":
      return [await installedPython(await executableAt(request.path), request, platform, context)];
    case "name":
      return [await installedPython(executableNamed(request.name, context), request, platform, context)];
    case "pybi": {
      const [{ isRemotePybi, remotePybi }, { localPybi }] = await Promise.all([
        import("../pybi/remote-pybi.ts"),
        import("../pybi/local-pybi.ts"),
      ]);
      const pybi = isRemotePybi(request.path)
        ? await remotePybi(request.path, platform, context)
        : await localPybi(request.path, platform);
      return [checkRunsHere(pybi, context)];
    }
    default:
  }
  const isAskedFor = (python: PythonIdentity) =>
    python.platform === platform && isRequestedPython(request, python);
  const wanted = (interpreter: Interpreter) =>
    isAskedFor(interpreter) &&
    (platform !== context.machine.platform || runsOn(interpreter, context.machine));
  const folders = await indexFolders(context);
  const [indexed, archives, standalone, catalogue] = await Promise.all([
    indexPybis(request, platform, context),
    asksForCpython(request) ? archivesOfIndexes(folders, isAskedFor) : [],
    asksForCpython(request) ? (context.standalone?.interpreters(isAskedFor) ?? []) : [],
    loadCatalogue(platform),
  ]);
  const built = standalone.filter(wanted);
  const others = catalogue.filter(wanted);
  const pybis = [...indexed, ...archives].filter(wanted);
  // The catalogue is only a fallback for python-build-standalone.
  const provided =
    built.length > 0
      ? [...bestFirst([...pybis, ...built]), ...bestFirst(others)]
      : bestFirst([...pybis, ...others]);
  if (platform !== context.machine.platform) return provided;
  if (context.offline || (provided.length === 0 && !onlyProvided)) dependsOnMachine(context);
  // Stored interpreters that no source offers came from a file, or from an index that is not set now. The user may only
  // have tried them once, so they come last.
  const stored = async () =>
    bestFirst((await storedPythonsOfAll(context.home)).map(({ interpreter }) => interpreter).filter(wanted));
  if (context.offline) {
    const { availableOffline } = await import("./available-offline.ts");
    const available = await availableOffline(provided, context.home, folders);
    if (available.length > 0) return available;
    const others = onlyProvided ? [] : await stored();
    if (others.length > 0) return others;
  }
  if (provided.length > 0 || onlyProvided) return provided;
  const { describeInstalledPythons } = await import("../system/describe-installed-pythons.ts");
  const installed = (await describeInstalledPythons(context)).filter(wanted);
  return installed.length > 0 ? bestFirst(installed) : stored();
}

/** Reports that the answer must not be cached: it depends on the Pythons of this machine, which may change. */
function dependsOnMachine({ reporter }: PythonsContext): void {
  reporter.report(uncacheable);
}

/** Whether a request can be satisfied by CPython. Sources that have nothing else are only asked then. */
export function asksForCpython(request: PythonRequest | undefined): boolean {
  return request === undefined || (request.kind === "version" && request.implementation === "cpython");
}

/** Sorts interpreters, best first. Equal ones keep their order. */
export function bestFirst(interpreters: readonly Interpreter[]): readonly Interpreter[] {
  return interpreters
    .map((interpreter) => ({
      interpreter,
      version: parseVersion(interpreter.version),
      whole: isWhole(interpreter),
    }))
    .sort(
      (a, b) =>
        Number(isPrerelease(a.version)) - Number(isPrerelease(b.version)) ||
        Number(b.whole) - Number(a.whole) ||
        compareVersions(b.version, a.version),
    )
    .map(({ interpreter }) => interpreter);
}

async function installedPython(
  executable: string,
  request: PythonRequest,
  platform: PlatformName,
  context: PythonsContext,
): Promise<Interpreter> {
  const { describeInstalledPython } = await import("../system/describe-installed-python.ts");
  const interpreter = await describeInstalledPython(executable, context);
  if (interpreter.platform === platform) return interpreter;
  throw new PosyError("no-interpreter", `\`${request.text}\` is a Python for \`${interpreter.platform}\``, {
    hint: `for \`${platform}\` ask for a version, such as \`${minorOf(interpreter.version)}\``,
  });
}

function checkRunsHere(interpreter: Interpreter, { machine }: PythonsContext): Interpreter {
  if (interpreter.platform !== machine.platform || runsOn(interpreter, machine)) return interpreter;
  const tags = interpreter.platformTags.map((tag) => `\`${tag}\``).join(", ");
  throw new PosyError("no-interpreter", `this machine is too old for a Python built for ${tags}`, {
    hint: `this machine runs Pythons built for ${machine.platformTags.map((tag) => `\`${tag}\``).join(", ")} or older`,
  });
}

/** Returns the executable that a path means: the file itself, or the Python of a prefix or virtual environment. */
async function executableAt(path: string): Promise<string> {
  const full = resolve(path.replace(/^~(?=$|[\\/])/, userFolder()));
  const candidates = ["bin/python", "bin/python3", "bin/pypy3", "python.exe", "Scripts/python.exe"];
  const info = await stat(full).catch(() => undefined);
  if (info === undefined) {
    throw new PosyError("not-found", `there is no \`${path}\``, {
      hint: "give the path of a Python, or a version such as `3.13`",
    });
  }
  if (!info.isDirectory()) return full;
  for (const candidate of candidates) {
    const file = join(full, candidate);
    if ((await stat(file).catch(() => undefined))?.isFile()) return file;
  }
  throw new PosyError("not-found", `there is no Python in \`${path}\``, {
    hint: `none of ${candidates.map((candidate) => `\`${candidate}\``).join(", ")} exists in it`,
  });
}

function executableNamed(name: string, { environment, machine }: PythonsContext): string {
  const path = pythonOnPath(name, environment, platformDefaults[machine.platform].sys_platform);
  if (path !== undefined) return path;
  const version = /\d.*$/.exec(name)?.[0];
  throw new PosyError("no-interpreter", `there is no \`${name}\` on PATH`, {
    hint:
      version === undefined
        ? "ask for a version, such as `3.13`"
        : `ask for \`${version}\`, which takes any Python of that version`,
  });
}
