import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { uncacheable } from "../../report/reporter.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { PlatformName } from "../../vocab/tags/index.ts";
import { compareVersions, isPrerelease, parseVersion } from "../../vocab/version/index.ts";
import { pythonOnPath } from "../system/index.ts";
import { loadCatalogue } from "../catalogue/index.ts";
import { runsOn } from "../compatibility/index.ts";
import { indexPybis } from "../pybi/index.ts";
import { type Interpreter, isPythonAskedFor, type PythonRequest } from "../../model/index.ts";
import { isWhole, type PythonsContext } from "../index.ts";
import { storedPythons } from "./stored-pythons.ts";
import type { PythonFacts } from "../standalone/index.ts";

/**
 * The interpreters that answer a request on a platform, best first: whole ones before those that lack something,
 * newest first, the catalogue's behind those of python-build-standalone, pre-releases only where they are asked for.
 * Where the platform is that of this machine only those that it can run (its C library must be new enough). A Python that
 * is installed here is taken only where nothing else fits, or where it is named by path; last comes what else is in the forest. Offline what
 * is here comes before what would have to be fetched. Empty where there is none;
 * throws for a path, a name or a file that is no good, and where a mirror that was asked for can't be read.
 */
export async function findInterpreters(
  request: PythonRequest | undefined,
  platform: PlatformName,
  context: PythonsContext,
): Promise<readonly Interpreter[]> {
  if (request !== undefined && request.kind !== "version") onWhatIsHere(context);
  switch (request?.kind) {
    case "path":
      return [await adopted(await executableAt(request.path), request, platform, context)];
    case "name":
      return [await adopted(named(request.name, context), request, platform, context)];
    case "pybi": {
      const [{ isRemotePybi, remotePybi }, { localPybi }] = await Promise.all([
        import("../pybi/remote-pybi.ts"),
        import("../pybi/local-pybi.ts"),
      ]);
      const pybi = isRemotePybi(request.path)
        ? await remotePybi(request.path, platform, context)
        : await localPybi(request.path, platform);
      return [fitting(pybi, context)];
    }
    default:
  }
  const isAskedFor = (python: PythonFacts) =>
    python.platform === platform && isPythonAskedFor(request, python);
  const wanted = (interpreter: Interpreter) =>
    isAskedFor(interpreter) &&
    (platform !== context.machine.platform || runsOn(interpreter, context.machine));
  const [indexed, standalone, catalogue] = await Promise.all([
    indexPybis(request, platform, context),
    asksForCpython(request) ? (context.standalone?.interpreters(isAskedFor) ?? []) : [],
    loadCatalogue(platform),
  ]);
  const built = standalone.filter(wanted);
  const others = catalogue.filter(wanted);
  const found = indexed.filter(wanted);
  // The catalogue is for where nothing better is to be had.
  const provided =
    built.length > 0
      ? [...bestFirst([...found, ...built]), ...bestFirst(others)]
      : bestFirst([...found, ...others]);
  if (platform !== context.machine.platform) return provided;
  if (context.offline || provided.length === 0) onWhatIsHere(context);
  // Put there from a file, or from an index that is not named now: what was tried once is nobody's choice, so it comes last.
  const stored = async () =>
    bestFirst((await storedPythons(context.home)).map(({ interpreter }) => interpreter).filter(wanted));
  if (context.offline) {
    const { availableOffline: inReach } = await import("./available-offline.ts");
    const here = await inReach(provided, context.home);
    if (here.length > 0) return here;
    const others = await stored();
    if (others.length > 0) return others;
  }
  if (provided.length > 0) return provided;
  const { adoptAll } = await import("../system/adopt-all.ts");
  const installed = (await adoptAll(context)).filter(wanted);
  return installed.length > 0 ? bestFirst(installed) : stored();
}

/** What is installed or stored on this machine may be another tomorrow. */
function onWhatIsHere({ reporter }: PythonsContext): void {
  reporter.report(uncacheable);
}

/** What is asked of sources that have nothing else. */
export function asksForCpython(request: PythonRequest | undefined): boolean {
  return request === undefined || (request.kind === "version" && request.implementation === "cpython");
}

/** A stable order: of equals the one that was found first. */
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

async function adopted(
  executable: string,
  request: PythonRequest,
  platform: PlatformName,
  context: PythonsContext,
): Promise<Interpreter> {
  const { adoptInterpreter } = await import("../system/adopt-interpreter.ts");
  const interpreter = await adoptInterpreter(executable, context);
  if (interpreter.platform === platform) return interpreter;
  throw new PosyError("no-interpreter", `\`${request.text}\` is a Python for \`${interpreter.platform}\``, {
    hint: `for \`${platform}\` ask for a version, such as \`${interpreter.version.split(".").slice(0, 2).join(".")}\``,
  });
}

function fitting(interpreter: Interpreter, { machine }: PythonsContext): Interpreter {
  if (interpreter.platform !== machine.platform || runsOn(interpreter, machine)) return interpreter;
  const tags = interpreter.platformTags.map((tag) => `\`${tag}\``).join(", ");
  throw new PosyError("no-interpreter", `this machine is too old for a Python built for ${tags}`, {
    hint: `it runs what is built for ${machine.platformTags.map((tag) => `\`${tag}\``).join(", ")} or older`,
  });
}

/** What a path leads to: the executable itself, or the one in a folder (a prefix or a virtual environment). */
async function executableAt(path: string): Promise<string> {
  const full = resolve(path.replace(/^~(?=$|[\\/])/, homedir()));
  const candidates = ["bin/python", "bin/python3", "bin/pypy3", "python.exe", "Scripts/python.exe"];
  const kind = await stat(full).catch(() => undefined);
  if (kind === undefined) {
    throw new PosyError("not-found", `there is no \`${path}\``, {
      hint: "give the path of a Python, or a version such as `3.13`",
    });
  }
  if (!kind.isDirectory()) return full;
  for (const candidate of candidates) {
    const file = join(full, candidate);
    if ((await stat(file).catch(() => undefined))?.isFile()) return file;
  }
  throw new PosyError("not-found", `there is no Python in \`${path}\``, {
    hint: `none of ${candidates.map((each) => `\`${each}\``).join(", ")} is there`,
  });
}

function named(name: string, { environment }: PythonsContext): string {
  const path = pythonOnPath(name, environment);
  if (path !== undefined) return path;
  const version = /\d.*$/.exec(name)?.[0];
  throw new PosyError("no-interpreter", `there is no \`${name}\` on PATH`, {
    hint:
      version === undefined
        ? "ask for a version, such as `3.13`"
        : `ask for \`${version}\`, wherever it is to be had`,
  });
}
