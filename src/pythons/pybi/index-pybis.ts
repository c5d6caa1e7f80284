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
 * The names under which an implementation's pybis are listed: its own, that of builds by others (PEP 711's author), and
 * what `posy pybi pack` calls a free-threaded one.
 */
const distributions = (implementation: string) => [
  implementation,
  `${implementation}-unofficial`,
  `${implementation}-freethreaded`,
];

/**
 * What the indexes of interpreters have for a platform, as far as it is asked for: of each minor version the newest,
 * whose metadata is then read by range requests. A pybi that can't be used is passed over with a note.
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
      for (const pybi of newestOfEachMinor(listed.filter((each) => isAskedFor(each, request, platform)))) {
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
  for (const each of pybis.toSorted(newestFirst)) {
    const { release } = each.pybi.version;
    const minor = `${release[0]}.${release[1]} ${each.pybi.platformTags.join(".")}`;
    if (!newest.has(minor)) newest.set(minor, each);
  }
  return [...newest.values()];
}

function newestFirst({ pybi: a }: PybiArtifact, { pybi: b }: PybiArtifact): number {
  return compareVersions(b.version, a.version) || compareBuildTags(b.build, a.build);
}

/** What is wrong with a pybi as it was published, or can't be known now. Other bytes than were promised are no reason to take an older Python. */
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
    // The lock pins it by hash: where the index says none, the file itself does.
    const known =
      hashes["sha256"] === undefined ? { ...hashes, sha256: (await db.fetch(artifact)).sha256 } : hashes;
    const source = {
      kind: "pybi",
      url,
      filename,
      hashes: known,
      ...(size === undefined ? {} : { size }),
    } as const;
    const texts = await db.pybiMetadata({ ...artifact, hashes: known });
    checkPybiFilename(texts, artifact.pybi);
    return pybiInterpreter(texts, source, platform);
  } catch (error) {
    if (!(error instanceof PosyError) || !fileFaults.has(error.code)) throw error;
    const message = `\`${artifact.filename}\` is passed over: ${(error as Error).message}`;
    reporter.report({ kind: "warning", message, key: `pybi ${artifact.url}` });
    return undefined;
  }
}
