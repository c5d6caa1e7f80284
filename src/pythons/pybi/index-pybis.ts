import type { ErrorCode } from "../../errors/codes.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { PybiArtifact } from "../../packages/index.ts";
import { parsePackageName } from "../../vocab/requirement/index.ts";
import type { PlatformName } from "../../vocab/tags/index.ts";
import { compareVersions, isPrerelease, namesPrerelease, satisfies } from "../../vocab/version/index.ts";
import { compareBuildTags } from "../../vocab/filenames/index.ts";
import { checkPybiFilename, platformsOfTags, pybiInterpreter } from "../compatibility/index.ts";
import type { Interpreter, PythonRequest } from "../../model/index.ts";
import type { PythonsContext } from "../index.ts";

/**
 * The names under which an index lists the pybis of an implementation: the implementation's name, the name that PEP
 * 711's author uses for builds that are not official, and the name that `posy pybi pack` gives free-threaded builds.
 */
const distributions = (implementation: string) => [
  implementation,
  `${implementation}-unofficial`,
  `${implementation}-freethreaded`,
];

/**
 * Returns the pybis of the configured indexes that satisfy a request on a platform: the newest of each minor version.
 * Their metadata are read by range requests. A pybi that can't be used is skipped, with a warning.
 */
export async function indexPybis(
  request: PythonRequest | undefined,
  platform: PlatformName,
  context: PythonsContext,
): Promise<readonly Interpreter[]> {
  if (request !== undefined && request.kind !== "version") return [];
  const found: Interpreter[] = [];
  for (const index of context.pythonIndexes) {
    for (const name of distributions(request?.implementation ?? "cpython")) {
      const listed = await context.db.pybis(index, parsePackageName(name));
      for (const pybi of newestOfEachMinor(
        listed.filter((artifact) => isAskedFor(artifact, request, platform)),
      )) {
        const interpreter = await interpreterOf(pybi, platform, context);
        if (interpreter !== undefined) found.push(interpreter);
      }
    }
  }
  return found;
}

function isAskedFor(
  { pybi }: PybiArtifact,
  request: Extract<PythonRequest, { kind: "version" }> | undefined,
  platform: PlatformName,
): boolean {
  const wantsPrerelease = request !== undefined && namesPrerelease(request.specifier);
  return (
    platformsOfTags(pybi.platformTags).includes(platform) &&
    (request === undefined || satisfies(request.specifier, pybi.version)) &&
    (wantsPrerelease || !isPrerelease(pybi.version))
  );
}

function newestOfEachMinor(pybis: readonly PybiArtifact[]): readonly PybiArtifact[] {
  const newest = new Map<string, PybiArtifact>();
  for (const artifact of pybis.toSorted(newestFirst)) {
    const { release } = artifact.pybi.version;
    const minor = `${release[0]}.${release[1]} ${artifact.pybi.platformTags.join(".")}`;
    if (!newest.has(minor)) newest.set(minor, artifact);
  }
  return [...newest.values()];
}

function newestFirst({ pybi: a }: PybiArtifact, { pybi: b }: PybiArtifact): number {
  return compareVersions(b.version, a.version) || compareBuildTags(b.build, a.build);
}

/**
 * Errors for which a pybi is skipped: it was published with a fault, or it can't be read offline. A wrong hash is not
 * among them: it must not make Posy choose an older Python in silence.
 */
const fileFaults = new Set<ErrorCode>([
  "invalid-pybi",
  "invalid-metadata",
  "offline",
  "invalid-archive",
  "invalid-version",
]);

async function interpreterOf(
  artifact: PybiArtifact,
  platform: PlatformName,
  { db, reporter }: PythonsContext,
): Promise<Interpreter | undefined> {
  try {
    const { url, filename, hashes, size } = artifact;
    // The lock pins by hash. If the index lists no hash, the file is fetched to compute it.
    const pinned =
      hashes["sha256"] === undefined ? { ...hashes, sha256: (await db.fetch(artifact)).sha256 } : hashes;
    const source = {
      kind: "pybi",
      url,
      filename,
      hashes: pinned,
      ...(size === undefined ? {} : { size }),
    } as const;
    const texts = await db.pybiMetadata({ ...artifact, hashes: pinned });
    checkPybiFilename(texts, artifact.pybi);
    return pybiInterpreter(texts, source, platform);
  } catch (error) {
    if (!(error instanceof PosyError) || !fileFaults.has(error.code)) throw error;
    const message = `\`${artifact.filename}\` is skipped: ${(error as Error).message}`;
    reporter.report({ kind: "warning", message, key: `pybi ${artifact.url}` });
    return undefined;
  }
}
