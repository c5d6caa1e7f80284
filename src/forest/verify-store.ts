import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import {
  bucketEntries,
  entryState,
  exists,
  type Home,
  removeTree,
  settleOrRemember,
  syncTree,
} from "../system/fs/index.ts";
import { timed } from "../report/timings.ts";
import { type Damage, isOnlyAdded } from "./damage/index.ts";
import {
  diskLinks,
  envState,
  type EnvRecord,
  interpreterIdentity,
  readEnvRecord,
  recordName,
  settleOrRememberEnv,
  verifyEnv,
} from "./envs/index.ts";
import type { ForestContext } from "./forest-context.ts";
import { growEnv, launchersFor } from "./grow-env.ts";
import { executableIn, installInterpreter, interpreterRoot } from "./interpreters/index.ts";
import { unsealEnvsWith } from "./unseal-envs.ts";
import {
  chooseWheel,
  discardArchive,
  installWheel,
  openUnpackPool,
  readManifest,
  removeAdded,
} from "./wheels/index.ts";

/** An entry of the store that is damaged, and what was done about it. */
export interface DamagedEntry {
  readonly kind: "python" | "wheel" | "env";
  /** The absolute folder. */
  readonly path: string;
  /** `Python 3.13.5`, `numpy 2.1.0`, or the key of an Env. */
  readonly name: string;
  readonly damages: readonly Damage[];
  /** `removed`: it could not be made again now, for the `reason`. It is made again when it is needed. */
  readonly outcome: "found" | "repaired" | "removed";
  readonly reason?: string;
}

/** The result of verifying the store. */
export interface VerifiedForest {
  readonly pythons: number;
  readonly wheels: number;
  readonly envs: number;
  /** Envs that an earlier Posy made: they have no record that they could be compared with. */
  readonly skipped: number;
  readonly damaged: readonly DamagedEntry[];
}

export interface VerifyStoreOptions {
  /** Hashes all files. Entries that a power cut may have damaged are hashed in any case. */
  readonly full?: boolean;
  /** Makes damaged entries again, or removes them if that is impossible. */
  readonly repair?: boolean;
}

type Entry = Pick<DamagedEntry, "kind" | "path">;
type KnownEnv = EnvRecord & { readonly prefix: string; readonly text: string };

/**
 * Verifies all interpreters, wheels and Envs of a store, in parallel, and settles those that are right: afterwards, a
 * restart of the machine needs no verification. It only replaces and removes whole entries, so it may be interrupted,
 * and other processes may use the store meanwhile.
 */
export async function verifyForest(
  { full = false, repair = false }: VerifyStoreOptions,
  context: ForestContext,
): Promise<VerifiedForest> {
  const { home, reporter } = context;
  const own = async (bucket: "pythons" | "wheels" | "envs") => (await bucketEntries(home, bucket)).own;
  const [pythons, wheels, prefixes] = await Promise.all([own("pythons"), own("wheels"), own("envs")]);
  const pool = openUnpackPool(context.unpackThreads);
  const total = pythons.length + wheels.length + prefixes.length;
  let done = 0;
  const progress = (id: string) =>
    reporter.report({ kind: "progress", stage: "verify", id, done: ++done, total });
  reporter.report({ kind: "stage", stage: "verify", state: "start", count: total });
  try {
    const records = await Promise.all(prefixes.map((prefix) => readEnvRecord(prefix)));
    const known = prefixes.flatMap((prefix, index): readonly KnownEnv[] => {
      const record = records[index];
      return record === undefined ? [] : [{ ...record, prefix }];
    });
    const verifyEntry = async (kind: "python" | "wheel", path: string) => {
      const verify = kind === "python" ? "interpreter" : "wheel";
      const damages = await timed(reporter, "verify store", nameOf({ kind, path }), () =>
        pool.verify({ verify, path, full: full || entryState(path) === "unverified" }),
      );
      progress(nameOf({ kind, path }));
      return { kind, path, damages } as const;
    };
    const entries = await Promise.all([
      ...pythons.map((path) => verifyEntry("python", path)),
      ...wheels.map((path) => verifyEntry("wheel", path)),
    ]);
    const damaged: DamagedEntry[] = [];
    for (const { damages, ...entry } of entries) {
      // Another process may have removed it meanwhile.
      if (damages.length === 0 || !(await exists(entry.path))) continue;
      const name = nameOf(entry);
      const outcome = repair
        ? await repairEntry(entry, damages, full, known, context)
        : ({ outcome: "found" } as const);
      damaged.push({ ...entry, name, damages, ...outcome });
    }
    let skipped = 0;
    const right: string[] = [];
    for (const [index, prefix] of prefixes.entries()) {
      const record = records[index];
      progress(basename(prefix));
      if (!(await exists(prefix))) continue;
      if (record === undefined && isOfEarlierPosy(prefix)) {
        skipped++;
        continue;
      }
      const damages = await damagesOfEnv(prefix, record, full, context);
      if (damages.length === 0) {
        right.push(prefix);
        continue;
      }
      const entry = { kind: "env", path: prefix, name: basename(prefix), damages } as const;
      const outcome = repair
        ? await repairEnv(prefix, record, full, context)
        : ({ outcome: "found" } as const);
      damaged.push({ ...entry, ...outcome });
    }
    const sound = entries.filter(({ damages }) => damages.length === 0).map(({ path }) => path);
    await settleAll(sound, right, home);
    return { pythons: pythons.length, wheels: wheels.length, envs: prefixes.length, skipped, damaged };
  } finally {
    await pool.close();
    reporter.report({ kind: "stage", stage: "verify", state: "end" });
  }
}

/** Envs had no record before they could be verified. One that lost its record has a changed folder. */
function isOfEarlierPosy(prefix: string): boolean {
  try {
    readFileSync(join(prefix, recordName));
    return false;
  } catch {
    return envState(prefix) !== "changed";
  }
}

/** Returns the name of an entry for people, as far as its files tell it. */
function nameOf({ kind, path }: Entry): string {
  if (kind === "wheel") {
    const manifest = readManifest(path);
    if (manifest !== undefined) return `${manifest.name} ${manifest.version}`;
  } else {
    try {
      const metadata = readFileSync(join(path, "pybi-info", "METADATA"), "utf8");
      const version = /^Version: (.*)$/m.exec(metadata)?.[1];
      if (version !== undefined) return `Python ${version.trim()}`;
    } catch {
      // The file is damaged, too.
    }
  }
  return basename(path);
}

type Outcome = Pick<DamagedEntry, "outcome" | "reason">;

/** Repairs an interpreter or a wheel. */
async function repairEntry(
  { kind, path }: Entry,
  damages: readonly Damage[],
  full: boolean,
  known: readonly KnownEnv[],
  context: ForestContext,
): Promise<Outcome> {
  const { home } = context;
  if (isOnlyAdded(damages)) {
    await removeAdded(path, damages, home);
    return { outcome: "repaired" };
  }
  await unsealEnvsWith(basename(path), home);
  return orRemoved(path, home, async () => {
    const isMade =
      kind === "python"
        ? await remakePython(path, known, context)
        : await remakeWheel(path, full, known, context);
    return isMade ? undefined : "no environment uses it";
  });
}

/** Runs `remake`, which returns why the entry cannot be made again. If so, or if it throws, the entry is removed. */
async function orRemoved(
  path: string,
  home: Home,
  remake: () => Promise<string | undefined>,
): Promise<Outcome> {
  const reason = await remake().catch((error: unknown) =>
    error instanceof Error ? error.message : String(error),
  );
  if (reason === undefined) return { outcome: "repaired" };
  await removeTree(path, home.dataTmp);
  return { outcome: "removed", reason };
}

async function remakePython(
  path: string,
  known: readonly KnownEnv[],
  context: ForestContext,
): Promise<boolean> {
  const python = known.find(({ target }) => interpreterRoot(target.python, context.home) === path)?.target
    .python;
  if (python === undefined) return false;
  await installInterpreter(python, quietly(context), { again: true });
  return true;
}

async function remakeWheel(
  path: string,
  full: boolean,
  known: readonly KnownEnv[],
  context: ForestContext,
): Promise<boolean> {
  const sha256 = basename(path);
  for (const { target, wheels } of known) {
    const pin = target.packages.find(({ name }) => wheels[name] === sha256);
    if (pin === undefined) continue;
    const chosen = await chooseWheel(pin, target, context, context.builder);
    // A source may be built into another wheel now. Then the Envs with this one are removed.
    if (chosen.sha256 !== sha256) return false;
    const pool = openUnpackPool(context.unpackThreads);
    try {
      await installWheel(chosen, { pool, builds: new Set(), full }, quietly(context));
    } finally {
      await pool.close();
    }
    await discardArchive(chosen, context.db);
    return true;
  }
  return false;
}

/** The summary says what was repaired, so the warnings of growing are left out. */
function quietly(context: ForestContext): ForestContext {
  const report: ForestContext["reporter"]["report"] = (event) => {
    if (event.kind !== "warning") context.reporter.report(event);
  };
  return { ...context, reporter: { report, timings: context.reporter.timings } };
}

/** Compares an Env with its record and the wheels in the store. */
async function damagesOfEnv(
  prefix: string,
  record: (EnvRecord & { readonly text: string }) | undefined,
  full: boolean,
  { home }: ForestContext,
): Promise<readonly Damage[]> {
  if (record === undefined) return [{ path: recordName, kind: "changed" }];
  const { target, text } = record;
  const executable = executableOf(record, home);
  if (!(await exists(executable))) return [{ path: executable, kind: "missing" }];
  const wheels = target.packages.map((pin) => {
    const sha256 = record.wheels[pin.name] ?? "";
    const dir = record.shared?.[sha256] ?? join(home.wheels, sha256);
    return { pin, sha256, dir, manifest: readManifest(dir) };
  });
  const missing = wheels.filter(({ manifest }) => manifest === undefined);
  if (missing.length > 0) return missing.map(({ dir }) => ({ path: dir, kind: "missing" }));
  const stored = wheels.flatMap(({ manifest, ...wheel }) =>
    manifest === undefined ? [] : [{ ...wheel, manifest }],
  );
  const contents = {
    python: target.python,
    executable,
    wheels: stored.sort((a, b) => (a.pin.name < b.pin.name ? -1 : 1)),
    prefix,
    warn: () => {},
    record: text,
    links: diskLinks(home.dataTmp),
    readOnlyStores: home.shared.map(({ data }) => data),
    launchers: await launchersFor(target.python),
  };
  const state = envState(prefix);
  const damages = verifyEnv(contents, full || state === "unverified");
  return damages;
}

function executableOf({ target, shared }: EnvRecord, home: Home): string {
  const { python } = target;
  if (python.source.kind === "adopted") return python.source.executable;
  const root = shared?.[interpreterIdentity(python)] ?? interpreterRoot(python, home) ?? "";
  return executableIn(root, python);
}

/** Makes an Env again from its record. Without a network, it is removed if something has to be fetched. */
async function repairEnv(
  prefix: string,
  record: EnvRecord | undefined,
  full: boolean,
  context: ForestContext,
): Promise<Outcome> {
  return orRemoved(prefix, context.home, async () => {
    if (record === undefined) return "what it was made from is not known any more";
    const { target, wheels } = record;
    const pins = [...target.packages].sort((a, b) => (a.name < b.name ? -1 : 1));
    const chosen = await Promise.all(
      pins.map(async (pin) => {
        const sha256 = wheels[pin.name] ?? "";
        const folder = record.shared?.[sha256] ?? join(context.home.wheels, sha256);
        const manifest = readManifest(folder);
        if (manifest !== undefined) return { pin, sha256, filename: manifest.filename };
        return chooseWheel(pin, target, context, context.builder);
      }),
    );
    if (chosen.some(({ pin, sha256 }) => wheels[pin.name] !== sha256)) {
      return "a source is built into another wheel now";
    }
    const verification = full ? "full" : "quick";
    await growEnv({ target, pins, chosen, key: basename(prefix) }, { ...quietly(context), verification });
    return undefined;
  });
}

/** Settles entries that are right, after it was made sure that they are on the disk. */
async function settleAll(entries: readonly string[], envs: readonly string[], home: Home): Promise<void> {
  const unsettled = entries.filter((path) => entryState(path) !== "settled");
  if (unsettled.length === 0 && envs.length === 0) return;
  await syncTree(home.data);
  for (const path of unsettled) settleOrRemember(path, home);
  for (const prefix of envs) if (envState(prefix) !== "changed") settleOrRememberEnv(prefix, home);
}
