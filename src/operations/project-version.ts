import { pathToFileURL } from "node:url";
import { PosyError } from "../errors/posy-error.ts";
import {
  findVersion,
  findVersionManifest,
  type FoundVersion,
  type VersionLocation,
} from "../project/index.ts";
import { type OperationContext, searchFolder } from "../settings/index.ts";
import { exists, textIfThere, writeUserFile } from "../system/fs/index.ts";
import { openDocument, spliced, type TomlDocument } from "../toml/index.ts";
import {
  bumpParts,
  bumpVersion,
  parseVersion,
  type Version,
  type VersionBump,
} from "../vocab/version/index.ts";
import { changeTo, type ProjectChange, writeChange } from "./locking/project-change.ts";
import { refuseChoices } from "./refuse-choices.ts";
import { openProject, type ProjectSession, type SessionOptions } from "./session/project-session.ts";
import { withProjectLock } from "./session/with-project-lock.ts";

/** The version that a project shall get: exact, or the present one with some parts raised. */
export interface VersionChange {
  /** A version in any spelling of PEP 440. It is written in its normal form. */
  readonly exact?: string | undefined;
  readonly bumps?: readonly VersionBump[];
  /** Write nothing. */
  readonly dryRun?: boolean;
  /** Leave the locks as they are. */
  readonly frozen?: boolean;
}

/** The version of a project, before and after an operation. */
export interface ProjectVersion {
  /** The name as written; undefined if `pyproject.toml` does not say. */
  readonly name: string | undefined;
  readonly before: string;
  readonly version: string;
  /** The absolute path of the file with the version; undefined if the build backend computes it. */
  readonly path: string | undefined;
}

/**
 * Returns the version of the project that `context.cwd` is in. A version that the build backend computes is asked of
 * it. Throws `not-found` outside of all projects, `invalid-version`, `dynamic-version`.
 */
export async function readVersion(
  options: SessionOptions,
  context: OperationContext,
): Promise<ProjectVersion> {
  const { document, isProject } = await openManifest(context);
  const found = await findVersion(document);
  if (isLocation(found)) return reportOf(document, found, found.version);
  if (!isProject) throw elsewhere(document, found);
  await using session = await openProject(options, context);
  const version = (await versionOfBackend(session)).text;
  return { name: nameIn(document), before: version, version, path: undefined };
}

/**
 * Changes the version of the project that `context.cwd` is in, where it is written: in `[project]`, or in the file that
 * the build backend reads. Nothing else in that file changes. Then brings the existing locks up to date. Throws
 * `usage` if a bump would not raise the version, `dynamic-version` if no file has it, and what resolving throws; then
 * no file is changed.
 */
export async function changeVersion(
  change: VersionChange,
  options: SessionOptions,
  context: OperationContext,
): Promise<ProjectVersion> {
  refuseChoices(options);
  const { document, isProject } = await openManifest(context);
  if (!isProject) {
    const { location, version } = await planned(document, change);
    if (!change.dryRun) await writeUserFile(location.path, await editedText(document, location, version));
    return reportOf(document, location, version);
  }
  await using opened = await openProject(options, context);
  return withProjectLock(opened, async (session) => {
    const { location, version } = await planned(session.project.document, change);
    if (!change.dryRun) await writeVersion(session, location, version, change.frozen === true);
    return reportOf(session.project.document, location, version);
  });
}

async function openManifest(context: OperationContext) {
  const folder = searchFolder(context);
  const file = await findVersionManifest(folder);
  if (file !== undefined) {
    return { document: await openDocument(file.text, file.path), isProject: file.isProject };
  }
  throw new PosyError("not-found", `\`${folder}\` is in no project`, {
    hint: "`posy --version` prints the version of Posy; `posy init` makes a project of this folder",
  });
}

/** Finds where the version is, and computes the new one. */
async function planned(document: TomlDocument, { exact, bumps = [] }: VersionChange) {
  const asked = exact === undefined ? undefined : exactVersion(exact);
  const location = await findVersion(document);
  if (!isLocation(location)) throw elsewhere(document, location, asked);
  return { location, version: asked ?? bumpVersion(location.version, bumps) };
}

function exactVersion(text: string): Version {
  const part = bumpParts.find((each) => each === text);
  if (part === undefined) return parseVersion(text);
  throw new PosyError("usage", `\`${text}\` is not a version`, { hint: `did you mean \`--bump ${part}\`?` });
}

/** Writes the version, and brings those locks up to date that exist. */
async function writeVersion(
  session: ProjectSession,
  location: VersionLocation,
  version: Version,
  frozen: boolean,
): Promise<void> {
  const { document, path } = session.project;
  const text = await editedText(document, location, version);
  if (text === location.text) return;
  const keepsLocks = frozen || !(await hasLocks(session));
  if (location.path === path) {
    const after = await session.with({ text });
    const unlocked: ProjectChange = {
      path,
      textOnDisk: session.textOnDisk,
      before: session.text,
      text,
      locks: [],
      writesLocks: false,
    };
    await writeChange(keepsLocks ? unlocked : await changeTo(after, { before: session }));
    return;
  }
  if ((await textIfThere(location.path)) !== location.text) {
    throw new PosyError("filesystem", `\`${location.path}\` changed while Posy worked on it`, {
      hint: "nothing was written; run the command again",
    });
  }
  // A build backend reads the version from the file, so the file is written before the lock is made.
  await writeUserFile(location.path, text);
  try {
    const again = await findVersion(document);
    if (!isLocation(again) || again.version.text !== version.text) throw notEdited(location.path);
    if (!keepsLocks) await writeChange(await changeTo(session, { before: session }));
  } catch (error) {
    await writeUserFile(location.path, location.text);
    throw error;
  }
}

/** Returns the text of a file with another version. */
async function editedText(
  document: TomlDocument,
  location: VersionLocation,
  version: Version,
): Promise<string> {
  const { path, start, end } = location;
  if (version.text === location.version.text) return location.text;
  const text = spliced(location.text, [{ start, end, text: location.replacement(version) }]);
  if (path !== document.path) return text;
  const after = await findVersion(await openDocument(text, path));
  if (!isLocation(after) || after.version.text !== version.text) throw notEdited(path);
  return text;
}

function notEdited(path: string): PosyError {
  return new PosyError("bug", `\`${path}\` could not be edited: the result would have another meaning`, {
    hint: "the file is unchanged; edit it by hand",
  });
}

async function hasLocks(session: ProjectSession): Promise<boolean> {
  for (const env of session.project.envs.keys()) {
    if (await exists((await session.settings(env)).lockPath)) return true;
  }
  return false;
}

/** Asks the build backend of a project for the version that it computes. */
async function versionOfBackend(session: ProjectSession): Promise<Version> {
  const { folder, name } = session.project;
  const settings = await session.settings();
  const posy = await session.posy(settings);
  const [python] = await posy.interpreters(settings.locked.python, posy.machine.platform);
  if (python === undefined || name === undefined) {
    throw new PosyError(
      "no-interpreter",
      `there is no Python here that can read the version of \`${folder}\``,
      {
        hint: "`posy python list` lists the available Pythons",
      },
    );
  }
  const sources = posy.sources(settings.locked);
  const artifact = await sources.direct(pathToFileURL(folder).href, name, python);
  if (artifact === undefined) throw new Error(`\`${folder}\` is no source`);
  const found = await sources.metadata(artifact, python);
  if (found.kind === "unbuildable") throw found.failure;
  return found.metadata.version;
}

function isLocation(found: FoundVersion): found is VersionLocation {
  return "start" in found;
}

function elsewhere(document: TomlDocument, found: Exclude<FoundVersion, VersionLocation>, version?: Version) {
  const name = nameIn(document);
  const whose = name === undefined ? "the version" : `the version of \`${name}\``;
  return new PosyError("dynamic-version", `${whose} comes ${found.source}, and Posy can't change it there`, {
    hint: found.hint(version),
  });
}

function nameIn({ value }: TomlDocument): string | undefined {
  const { project, tool } = value as { project?: { name?: unknown }; tool?: { poetry?: { name?: unknown } } };
  const name = project?.name ?? tool?.poetry?.name;
  return typeof name === "string" ? name : undefined;
}

function reportOf(
  document: TomlDocument,
  { version: before, path }: VersionLocation,
  after: Version,
): ProjectVersion {
  return { name: nameIn(document), before: before.text, version: after.text, path };
}
