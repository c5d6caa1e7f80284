import { arch, release } from "node:os";
import { join } from "node:path";
import { fingerprintOrNone } from "../../system/fs/fingerprint.ts";
import { type Home, userFolder } from "../../system/fs/home.ts";
import { statIfThere } from "../../system/fs/stat-if-there.ts";
import { quickSha256 } from "../../system/fs/sha256-sync.ts";
import { version } from "../../version.ts";
import { invocationKey } from "./invocation-key.ts";

/** The path of a cache entry, and the hash that the entry must contain. */
export interface EntryLocation {
  readonly path: string;
  readonly identity: string;
}

/** Returns the path of the cache entry for a `posy run`, or undefined if its answer must not be cached. */
export function envEntryPath(
  own: readonly string[],
  home: Home,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  return pathOf(keyHere(own, environment), home);
}

/**
 * Options that the cached answer of `posy lock` can't serve: newer versions, JSON, verbose output, and
 * colours.
 */
const uncacheable = /^(--upgrade(-package)?(=.*)?|--json|--verbose|-\w*v\w*|--color(=.*)?)$/;

/**
 * Returns the path of the cache entry for a `posy lock`, and the hash that the entry must contain. There is one entry
 * per folder and options, however often the project changes. Returns undefined if the answer must not be cached.
 */
export function lockEntryLocation(
  args: readonly string[],
  home: Home,
  environment: NodeJS.ProcessEnv,
): EntryLocation | undefined {
  if (args.some((arg) => uncacheable.test(arg))) return undefined;
  return entryLocation("lock", args, home, environment);
}

/** Options of `posy resolve` that print more than the answer. */
const talkative = /^(--verbose|-\w*v\w*|--color(=.*)?)$/;

/**
 * Returns the path of the cache entry for a `posy resolve`, and the hash that the entry must contain. There is one
 * entry per folder and options. Returns undefined if the answer must not be cached.
 */
export function resolveEntryLocation(
  args: readonly string[],
  home: Home,
  environment: NodeJS.ProcessEnv,
): EntryLocation | undefined {
  if (args.some((arg) => talkative.test(arg))) return undefined;
  return entryLocation("resolve", args, home, environment);
}

function entryLocation(
  command: string,
  args: readonly string[],
  home: Home,
  environment: NodeJS.ProcessEnv,
): EntryLocation | undefined {
  const key = keyHere(args, environment);
  const identity = key && quickSha256(key);
  const path = pathOf(JSON.stringify([command, args, process.cwd()]), home);
  return path && identity ? { path, identity } : undefined;
}

/** Returns the invocation key of the options on this machine and in the current folder. */
function keyHere(own: readonly string[], environment: NodeJS.ProcessEnv): string | undefined {
  return invocationKey(own, {
    environment,
    cwd: process.cwd(),
    platform: process.platform,
    machine: `${process.platform} ${arch()} ${release()}`,
    user: userFolder(environment),
    version,
    fingerprint: fingerprintOrNone,
  });
}

function pathOf(key: string | undefined, home: Home): string | undefined {
  if (isDoubtful(home)) return undefined;
  const name = key === undefined ? undefined : quickSha256(key);
  return name === undefined ? undefined : join(home.briefs, name);
}

/**
 * Whether root must look closer at the owner of the store (`sharing/owners.ts`) before anything in it is used. For
 * other users, this costs nothing.
 */
function isDoubtful({ data }: Home): boolean {
  if (process.geteuid?.() !== 0 || process.env["POSY_TRUSTED_STORES"] || process.env["CI"]) return false;
  const stats = statIfThere(data);
  return stats !== undefined && (stats.uid !== 0 || (stats.mode & 0o022) !== 0);
}
