import { type FileHandle, open, readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { DamagedEntry } from "../../forest/index.ts";
import { type EntryUser, usersOfEnvs } from "../../forest/roots/index.ts";
import { plainIndexSettings } from "../../packages/index.ts";
import { openPosy } from "../../posy.ts";
import type { OperationContext } from "../../settings/index.ts";
import { restoreTool } from "../tools/restore-tool.ts";
import { bucketEntries, type Home, openHome, removeTree, sha256OfFile } from "../../system/fs/index.ts";

export interface VerifyStoreOptions {
  /** Hashes all files. Otherwise sizes are compared, and only files are hashed that were written to. */
  readonly full?: boolean;
  /** Makes damaged entries again, or removes them if that is impossible now. */
  readonly repair?: boolean;
}

/** A damaged entry of the store or the cache. */
export interface DamagedStoreEntry extends Omit<DamagedEntry, "kind"> {
  readonly kind: DamagedEntry["kind"] | "build" | "artifact";
  /** The tools and projects that use a damaged environment: `tool ruff`, `project /path`. */
  readonly usedBy: readonly string[];
}

export interface VerifiedStore {
  /** The number of verified entries of each kind. */
  readonly pythons: number;
  readonly wheels: number;
  readonly envs: number;
  readonly builds: number;
  readonly artifacts: number;
  /** Environments of earlier Posys, which cannot be verified. */
  readonly skipped: number;
  readonly damaged: readonly DamagedStoreEntry[];
}

/**
 * Verifies everything in the store, and the built wheels and downloaded files in the cache. With `repair`, damaged
 * entries are made again. What would need the network when there is none is removed, and made again when it is needed.
 */
export async function verifyStore(
  options: VerifyStoreOptions,
  context: OperationContext,
): Promise<VerifiedStore> {
  const { environment, cwd, reporter } = context;
  const home = openHome(environment);
  await using posy = await openPosy({
    // The configured indexes have the logins for what has to be fetched again.
    ...(options.repair ? {} : { index: plainIndexSettings }),
    reporter,
    environment,
    cwd,
    home,
  });
  const users = await usersOfEnvs(home);
  // Files of the cache come first: damaged wheels are unpacked from them again.
  const files = await verifyFiles(options, home);
  const { damaged, ...counts } = await posy.forest.verify(options);
  const entries: DamagedStoreEntry[] = [];
  for (const entry of damaged) {
    const usersOfEntry = users.get(entry.path) ?? [];
    const outcome = entry.outcome === "removed" ? await restored(entry, usersOfEntry, context) : entry;
    entries.push({ ...outcome, usedBy: usersOfEntry.flatMap(nameOfUser) });
  }
  return {
    ...counts,
    builds: files.builds,
    artifacts: files.artifacts,
    damaged: [...files.damaged, ...entries],
  };
}

/**
 * Makes a removed Env of an installed tool again from the lock of the tool: its programs start without Posy, which
 * would make it again for a project. Returns the entry with its outcome, and why the Env is still missing.
 */
async function restored(
  removed: DamagedEntry,
  users: readonly EntryUser[],
  context: OperationContext,
): Promise<DamagedEntry> {
  const [tool] = users.flatMap((user) => (user.kind === "tool" ? [user.name] : []));
  if (tool === undefined) return removed;
  const { reason: _reason, ...entry } = removed;
  try {
    await restoreTool(tool, context);
    return { ...entry, outcome: "repaired" };
  } catch (error) {
    const { message } = error instanceof Error ? error : new Error(String(error));
    return { ...entry, reason: `${message}; \`posy tool install ${tool}\` makes it again` };
  }
}

/** Verifies built wheels and downloaded files. Each is named by the SHA-256 of its content. */
async function verifyFiles({ full = false, repair = false }: VerifyStoreOptions, home: Home) {
  const damaged: DamagedStoreEntry[] = [];
  const [builds, artifacts] = await Promise.all([builtWheels(home), bucketEntries(home, "artifacts")]);
  const downloads = artifacts.own
    .filter((path) => /^[0-9a-f]{64}$/.test(basename(path)))
    .map((path) => ({ path, sha256: basename(path), entry: path, kind: "artifact" as const }));
  for (const { path, sha256, entry, kind } of [...builds, ...downloads]) {
    const isRight = full
      ? await sha256OfFile(path).then(
          (actual) => actual === sha256,
          () => false,
        )
      : await isNotEmpty(path);
    if (isRight) continue;
    // Both are made again when they are needed: a file is downloaded, a wheel is built.
    if (repair) await removeTree(entry, home.cacheTmp);
    damaged.push({
      kind,
      path: entry,
      name: basename(path),
      damages: [{ path: "", kind: "changed" }],
      outcome: repair ? "removed" : "found",
      usedBy: [],
    });
  }
  return { builds: builds.length, artifacts: downloads.length, damaged };
}

/** A file that a power cut damaged is usually empty, or ends with NUL bytes. Archives end otherwise. */
async function isNotEmpty(path: string): Promise<boolean> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const tail = Buffer.alloc(Math.min(size, 1024));
      await file.read(tail, 0, tail.length, size - tail.length);
      // A tar archive that is not compressed ends with 1,024 NUL bytes.
      return size > 0 && (tail.some((byte) => byte !== 0) || !(await startsWithNul(file)));
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}

async function startsWithNul(file: FileHandle): Promise<boolean> {
  const head = Buffer.alloc(1);
  await file.read(head, 0, 1, 0);
  return head[0] === 0;
}

/** Returns the wheels of the BuildStore: the folder of each has a `wheel.json` with the name and the hash. */
async function builtWheels(home: Home) {
  const names = await readdir(home.builds, { recursive: true }).catch(() => []);
  const wheels = await Promise.all(
    names
      .filter((name) => basename(name) === "wheel.json")
      .map(async (name) => {
        const entry = join(home.builds, name, "..");
        const text = await readFile(join(home.builds, name), "utf8").catch(() => "");
        try {
          const { filename, sha256 } = JSON.parse(text) as { filename: string; sha256: string };
          return [{ path: join(entry, basename(filename)), sha256, entry, kind: "build" as const }];
        } catch {
          // Such an entry counts as missing, and is built again.
          return [];
        }
      }),
  );
  return wheels.flat();
}

function nameOfUser(user: EntryUser): readonly string[] {
  if (user.kind === "tool") return [`tool ${user.name}`];
  return user.kind === "project" ? [`project ${user.folder}`] : [];
}
