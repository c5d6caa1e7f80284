import { chmod, mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import type { OperationContext } from "../../settings/index.ts";
import { asPosyError, removeTree, sha256OfFile, syncPath } from "../../system/fs/index.ts";
import { thisMachine } from "../../system/machine/index.ts";
import { type Captured, runCaptured } from "../../system/process/index.ts";
import { version } from "../../version.ts";
import { type Installation, installation, requireSingleFile } from "./installation.ts";
import { fetchProgram, openRelease, programName } from "./release.ts";

/** Options of `updateSelf`. */
export interface UpdateSelfOptions {
  /** The release: a URL or a folder. The default is the variable `POSY_RELEASES`. */
  readonly from?: string | undefined;
  /** The version to install. The default is that of the release. */
  readonly version?: string | undefined;
  readonly offline?: boolean | undefined;
  /** The Posy to replace. The default is the running one. */
  readonly installed?: Installation;
}

/** What an update did. */
export interface SelfUpdate {
  readonly path: string;
  readonly before: string;
  readonly version: string;
  /** False if the release has this program already. */
  readonly changed: boolean;
}

/** The start of the names of temporary folders. The id of the process follows. */
const temporaryName = ".posy-update.";

/** Milliseconds after which a new program that does not print its version is refused. */
const patience = 60_000;

/**
 * Replaces this Posy by the one of a release. The new program must have the hash in `SHA256SUMS`, and must run, before
 * it is renamed to the path of the old one. If anything fails, the old one stays. Throws `usage` if another tool
 * installed this Posy or if no release is known, `hash-mismatch`, `unknown-platform`, `invalid-release`, …
 */
export async function updateSelf(options: UpdateSelfOptions, context: OperationContext): Promise<SelfUpdate> {
  const installed = options.installed ?? installation();
  requireSingleFile(installed, "update");
  const from = options.from ?? context.environment["POSY_RELEASES"];
  if (!from) {
    throw new PosyError("usage", "it is not known where the releases of Posy are", {
      hint: "give a URL or folder: `posy self update --from URL-OR-FOLDER`; the variable `POSY_RELEASES` sets it for good",
    });
  }
  const wanted = options.version?.replace(/^v/, "");
  const release = await openRelease(from, wanted, context, options.offline === true);
  const { platform } = await thisMachine();
  const { path } = installed;
  const sum = release.sums.get(programName(release, platform));
  const refuseVersion = (found: string) => {
    if (wanted === undefined || found === wanted) return;
    throw new PosyError("usage", `the release \`${release.location}\` has Posy ${found}, not ${wanted}`, {
      hint: "give the release with that version: `--from URL-OR-FOLDER`",
    });
  };
  if ((await sha256OfFile(path)) === sum) {
    refuseVersion(version);
    return { path, before: version, version, changed: false };
  }

  return withFolderBeside(path, async (folder) => {
    const fresh = join(folder, process.platform === "win32" ? "posy.exe" : "posy");
    await fetchProgram(release, platform, fresh, folder);
    const { mode } = await stat(path);
    await chmod(fresh, (mode & 0o777) | 0o700);
    const found = await versionOf(fresh, context.environment);
    refuseVersion(found);
    await replaceProgram(fresh, path);
    return { path, before: version, version: found, changed: true };
  });
}

/**
 * Calls `work` with a new folder next to the program, so that its last step is to rename a file. Removes the folder
 * afterwards, also if the process ends because of a signal, and those that killed processes left behind.
 */
async function withFolderBeside<T>(program: string, work: (folder: string) => Promise<T>): Promise<T> {
  const parent = dirname(program);
  const folder = join(parent, `${temporaryName}${process.pid}`);
  await removeAbandoned(parent);
  try {
    await mkdir(folder);
  } catch (error) {
    throw asPosyError(error, `writing to \`${parent}\``);
  }
  const removeAtExit = () => {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // The next update removes it.
    }
  };
  process.on("exit", removeAtExit);
  try {
    return await work(folder);
  } catch (error) {
    throw asPosyError(error, `replacing \`${program}\``);
  } finally {
    process.off("exit", removeAtExit);
    // The next update removes it, if a virus scanner still reads a file of it.
    await removeTree(folder).catch(() => {});
  }
}

async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    if (!name.startsWith(temporaryName)) continue;
    if (!isRunning(Number(name.slice(temporaryName.length)))) {
      await removeTree(join(parent, name)).catch(() => {});
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as { code?: unknown }).code === "EPERM";
  }
}

/** Runs a new program, and returns the version that it prints. Throws `invalid-release` if it does not run. */
async function versionOf(program: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const env = { ...environment, BUN_OPTIONS: undefined, BUN_BE_BUN: undefined };
  const run: Captured | Error = await runCaptured(program, ["--version"], { env, timeout: patience }).catch(
    (error: unknown) => error as Error,
  );
  const printed = run instanceof Error ? "" : /^posy (\S+)\r?\n$/.exec(run.stdout)?.[1];
  if (!(run instanceof Error) && run.status === 0 && printed) return printed;
  const [last = ""] = run instanceof Error ? [run.message] : run.stderr.trim().split("\n").slice(-1);
  const end =
    run instanceof Error
      ? last
      : `${last || "it prints no version"} (exit status ${run.status ?? run.signal})`;
  throw new PosyError("invalid-release", `the new Posy does not run on this machine: ${end}`, {
    hint: "this Posy stays as it is; give another release with `--from`",
  });
}

/** Renames a new program to the path of the old one. Windows lets a running program be renamed, but not replaced. */
export async function replaceProgram(
  fresh: string,
  path: string,
  windows = process.platform === "win32",
): Promise<void> {
  // Otherwise a power cut could leave a program of NUL bytes.
  await syncPath(fresh);
  if (!windows) return rename(fresh, path);
  // The installer uses the same name.
  const old = path.replace(/(\.exe)?$/i, ".old.exe");
  await rm(old, { force: true }).catch(() => {});
  await rename(path, old);
  try {
    await rename(fresh, path);
  } catch (error) {
    await rename(old, path);
    throw error;
  }
  // This fails as long as the old program runs. The next update removes the file.
  await rm(old, { force: true }).catch(() => {});
}
