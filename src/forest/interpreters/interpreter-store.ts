import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { PosyError } from "../../errors/posy-error.ts";
import { type Download, isKept, keepFile, type PackageDB } from "../../packages/index.ts";
import type { Interpreter } from "../../model/index.ts";
import type { RemoteStore } from "../../remote/index.ts";
import type { Reporter } from "../../report/reporter.ts";
import { timed } from "../../report/timings.ts";
import { checkStoredPybiMetadata } from "../../pythons/extract/index.ts";
import {
  exists,
  type Home,
  publishEntry,
  releaseTemporary,
  removeTree,
  settleOrRemember,
  sha256Of,
  sharedStoreOf,
  stateOf,
  storesOf,
  sweepTmp,
  temporaryPath,
} from "../../system/fs/index.ts";
import { parseSha256 } from "../../vocab/hash.ts";
import { formatRecord, parseRecord } from "../../vocab/metadata/index.ts";
import { type Damage, describeDamage, isOnlyAdded } from "../damage/index.ts";
import { externallyManaged, interpreterIdentity, requireSymbolicLinks, unsealEnv } from "../envs/index.ts";
import { type ChangedFile, letCopiesFindLibrary } from "./copyable-executable.ts";
import { envsOn } from "./remove-interpreter.ts";
import { recordPath, verifyInterpreter } from "./verify-interpreter.ts";

export interface InterpreterStoreContext {
  readonly home: Home;
  readonly reporter: Reporter;
  readonly db: PackageDB;
  /** Unpacks an archive as a pybi tree into `into`, an empty folder. */
  readonly placeInterpreter: (
    interpreter: Interpreter,
    archivePath: string | undefined,
    into: string,
  ) => Promise<void>;
  /** Returns the download of an interpreter from a catalogue, whose purl becomes a URL. */
  readonly interpreterDownload: (interpreter: Interpreter) => Promise<Download | undefined>;
  /** Returns where other machines put interpreters; undefined if nowhere. */
  readonly remote?: (() => Promise<RemoteStore | undefined>) | undefined;
}

export interface StoredInterpreter {
  readonly root: string;
  readonly executable: string;
}

export interface InstallOptions {
  /** Installs it again even if it exists. */
  readonly again?: boolean;
  /** Verifies an existing one: `quick` by sizes and times, `full` by hashes. It is installed again if it is damaged. */
  readonly verification?: "quick" | "full" | undefined;
  /** Absolute folders of the interpreter in shared stores that are tried first. */
  readonly preferred?: readonly string[];
}

/** Returns the folder of an interpreter in the store; undefined if it is an installed Python. */
export function interpreterRoot(python: Interpreter, { pythons }: Pick<Home, "pythons">): string | undefined {
  return python.source.kind === "adopted" ? undefined : join(pythons, interpreterIdentity(python));
}

/** Returns the program of an interpreter in its folder `root`. */
export function executableIn(root: string, { paths, platform }: Interpreter): string {
  return join(root, ...paths.scripts.split("/"), platform.startsWith("windows") ? "python.exe" : "python");
}

/**
 * Returns an interpreter of this machine, of the user's store, or of a shared store; one that they lack is fetched and
 * installed into the user's store. Throws
 * `no-interpreter` if it is gone or no address is known, `hash-mismatch`, and `invalid-interpreter` if the archive
 * contains no Python.
 */
export function installInterpreter(
  python: Interpreter,
  context: InterpreterStoreContext,
  options: InstallOptions = {},
): Promise<StoredInterpreter> {
  return timed(context.reporter, "install Python", python.version, () => install(python, context, options));
}

async function install(
  python: Interpreter,
  context: InterpreterStoreContext,
  { again = false, verification, preferred = [] }: InstallOptions,
): Promise<StoredInterpreter> {
  const { source } = python;
  if (source.kind === "adopted") {
    if (await exists(source.executable)) {
      return { root: dirname(dirname(source.executable)), executable: source.executable };
    }
    throw new PosyError("no-interpreter", `\`${source.executable}\` does not exist any more`, {
      hint: "resolve again with another `--python`",
    });
  }
  const identity = interpreterIdentity(python);
  const { home } = context;
  const root = join(home.pythons, identity);
  const executable = executableIn(root, python);
  const roots = [...preferred, ...storesOf(home).map(({ pythons }) => join(pythons, identity))];
  for (const stored of again ? [] : new Set(roots)) {
    const program = executableIn(stored, python);
    if (!(await exists(program)) || !(await isRight(python, stored, verification, context))) continue;
    if (source.kind === "pybi") checkStoredPybiMetadata(python, stored, source.filename);
    return { root: stored, executable: program };
  }
  // What killed processes left may have hundreds of megabytes.
  await Promise.all([sweepTmp(home, "dataTmp"), sweepTmp(home, "cacheTmp")]);
  const download = await downloadOf(python, context);
  requireSymbolicLinks(home);
  await fetchRemoteArchive(identity, context);
  const archive = await context.db.fetch(download);
  if (archive.sha256 !== identity) {
    throw new PosyError(
      "hash-mismatch",
      `\`${download.filename}\` has another SHA-256 than it is pinned to`,
      {
        hint: "resolve again; if it stays so, tell those who publish it",
      },
    );
  }
  const published = publishEntry(
    root,
    home.dataTmp,
    async (into) => {
      await timed(context.reporter, "unpack", download.filename, () =>
        context.placeInterpreter(python, archive.path, into),
      );
      if (!(await exists(executableIn(into, python)))) {
        throw new PosyError(
          "invalid-interpreter",
          `\`${download.filename}\` has no \`${python.paths.scripts}/python\``,
          {
            hint: "tell those who publish it",
          },
        );
      }
      const changed = letCopiesFindLibrary(into, root, python.paths.scripts);
      if (await exists(join(into, ...python.paths.stdlib.split("/")))) {
        const path = `${python.paths.stdlib}/EXTERNALLY-MANAGED`;
        writeFileSync(join(into, path), externallyManaged);
        changed.push({ path, bytes: Buffer.from(externallyManaged) });
      }
      updateRecord(into, changed);
    },
    {
      isWhole: async () =>
        !again && (await exists(executable)) && (await damagesOf(root, verification)).length === 0,
    },
  );
  await published.catch(async (error: unknown) => {
    // Another Posy may have unpacked it meanwhile, and removed the archive.
    if ((await exists(archive.path)) || !(await exists(executable))) throw error;
  });
  await context.db.discard(download);
  return { root, executable };
}

/**
 * Fetches the archive of an interpreter from the remote store into the cache, where `fetch` finds it. Its name in the
 * store is its hash, so it needs no trust.
 */
async function fetchRemoteArchive(
  identity: string,
  { home, remote }: InterpreterStoreContext,
): Promise<void> {
  const sha256 = parseSha256(identity);
  const store = isKept(home, sha256) ? undefined : await remote?.();
  if (store === undefined) return;
  const path = temporaryPath(home.cacheTmp, "remote");
  try {
    await mkdir(home.cacheTmp, { recursive: true });
    if (await store.fetchInterpreter(sha256, path)) await keepFile(path, sha256, home);
  } finally {
    releaseTemporary(path);
  }
}

/**
 * Whether a stored interpreter is right. It is verified if it is asked for, and completely if a power cut may have
 * damaged it. Files that another program has added are removed, but not from a shared store. Warns of damage.
 */
async function isRight(
  { version }: Interpreter,
  root: string,
  verification: InstallOptions["verification"],
  { home, reporter }: InterpreterStoreContext,
): Promise<boolean> {
  const isUnverified = stateOf(root, home) === "unverified";
  const damages = await damagesOf(root, isUnverified ? "full" : verification);
  const warn = (message: string, hint?: string) =>
    reporter.report({ kind: "warning", message, key: message, ...(hint !== undefined && { hint }) });
  const store = sharedStoreOf(root, home);
  if (store !== undefined && damages.length > 0) {
    warn(
      `Python ${version} in the shared store \`${store.data}\` is damaged (${describeDamage(damages)}): your own store gets it`,
      "tell its owner: `posy cache verify --repair` makes it again",
    );
    return false;
  }
  if (isOnlyAdded(damages)) {
    for (const { path } of damages) await removeTree(join(root, ...path.split("/")), home.dataTmp);
    if (damages.length > 0)
      warn(
        `another program added ${describeDamage(damages)} to Python ${version} in the store: it was removed`,
      );
    if (isUnverified) settleOrRemember(root, home);
    return true;
  }
  for (const key of await envsOn(basename(root), home)) unsealEnv(join(home.envs, key));
  warn(
    `the stored files of Python ${version} are damaged (${describeDamage(damages)}): they were made again`,
  );
  return false;
}

async function damagesOf(
  root: string,
  verification: InstallOptions["verification"],
): Promise<readonly Damage[]> {
  if (verification === undefined) return [];
  return verifyInterpreter(root, { full: verification === "full", progress: () => setImmediate() });
}

/**
 * Writes files that were changed or added (EXTERNALLY-MANAGED of PEP 668) into RECORD, which then still names every
 * file, so that the tree can be packed as a pybi and be verified. The row of RECORD itself becomes the last one: a
 * truncated RECORD lacks it.
 */
function updateRecord(root: string, changed: readonly ChangedFile[]): void {
  const record = join(root, ...recordPath.split("/"));
  if (!existsSync(record)) return;
  const paths = new Set([...changed.map(({ path }) => path), recordPath]);
  const others = parseRecord(readFileSync(record, "utf8")).filter((row) => !paths.has(row.path));
  const rows = changed.map(({ path, bytes }) => {
    return { path, hash: { algorithm: "sha256", digest: sha256Of(bytes) }, size: bytes.length };
  });
  writeFileSync(record, formatRecord([...rows, ...others, { path: recordPath }]));
}

async function downloadOf(python: Interpreter, context: InterpreterStoreContext): Promise<Download> {
  const { source } = python;
  if (source.kind === "pybi") {
    const { url, filename, hashes, size } = source;
    return { url, filename, hashes, ...(size === undefined ? {} : { size }) };
  }
  const download = await context.interpreterDownload(python);
  if (download !== undefined) return download;
  throw new PosyError(
    "no-interpreter",
    `there is no address for Python ${python.version} for ${python.platform}`,
    {
      hint: "choose another with `--python`; `posy python list` shows what there is",
    },
  );
}
