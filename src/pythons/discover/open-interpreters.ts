import { type Interpreter, isRequestedPython, parsePythonRequest } from "../../model/index.ts";
import { compareVersions, parseVersion, type Version } from "../../vocab/version/index.ts";
import type { PlatformName } from "../../vocab/tags/index.ts";
import { loadCatalogue } from "../catalogue/index.ts";
import { describeInterpreter } from "../compatibility/index.ts";
import type { PythonsContext } from "../index.ts";
import { findInterpreters } from "./find-interpreters.ts";

/** Higher than the last patch version of any Python 3. */
const highestPatch = 30;

/**
 * Describes interpreters for a request that no source can meet on a platform: one for each minor version of CPython
 * that the request allows, newest first. Their source is `open`, so that a lock can be made, and the interpreter is
 * chosen where the lock is used. Empty if there is no such Python, or if the request is not for a version of CPython.
 *
 * The patch version is an assumption: the first of `known` (versions that the caller knows), else the newest that this
 * machine has or that a source has for another platform, else the lowest that the request allows.
 */
export async function openInterpreters(
  text: string | undefined,
  platform: PlatformName,
  known: readonly string[],
  context: PythonsContext,
): Promise<readonly Interpreter[]> {
  const request = parsePythonRequest(text ?? "cpython");
  if (request.kind !== "version" || request.implementation !== "cpython") return [];
  const { freeThreaded } = request;
  const isAskedFor = (version: string) =>
    isRequestedPython(request, { implementation: "cpython", version, freeThreaded });
  const catalogue = (await loadCatalogue()).map(({ version }) => version);
  const elsewhere = await context.standalone?.interpreters((python) => isAskedFor(python.version));
  const here = await findInterpreters(request, context.machine.platform, context);
  const listed = [...here, ...(elsewhere ?? [])].map(({ version }) => version);
  const newestFirst = [...listed, ...catalogue].map(parseVersion).sort((a, b) => compareVersions(b, a));
  const minors = new Map<number, string>();
  for (const version of [
    ...known.map(parseVersion),
    ...newestFirst,
    ...lowestOfMinors(newestFirst[0], isAskedFor),
  ]) {
    const minor = Number(version.release[1] ?? 0);
    if (!minors.has(minor) && isAskedFor(version.text)) minors.set(minor, version.text);
  }
  return [...minors.values()]
    .map(parseVersion)
    .sort((a, b) => compareVersions(b, a))
    .map((version) => ({
      ...describeInterpreter(version, platform, { freeThreaded }),
      source: { kind: "open", request: request.text } as const,
    }));
}

/** Returns the lowest version that is asked for of each minor version, from that of `newest` down to 3.0. */
function lowestOfMinors(
  newest: Version | undefined,
  isAskedFor: (version: string) => boolean,
): readonly Version[] {
  const versions: Version[] = [];
  for (let minor = Number(newest?.release[1] ?? 0); minor >= 0; minor -= 1) {
    for (let patch = 0; patch <= highestPatch; patch += 1) {
      const version = `3.${minor}.${patch}`;
      if (!isAskedFor(version)) continue;
      versions.push(parseVersion(version));
      break;
    }
  }
  return versions;
}
