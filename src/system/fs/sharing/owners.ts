import { existsSync, lstatSync, readFileSync, readlinkSync, type Stats, statSync } from "node:fs";
import { delimiter, dirname, join, resolve, sep } from "node:path";
import { PosyError } from "../../../errors/posy-error.ts";
import type { Reporter } from "../../../report/reporter.ts";
import type { Home } from "../home.ts";
import { type Accounts, readAccounts } from "./accounts.ts";

/** A folder of a store, or one above it, by which other users can change what is in the store. */
export interface StoreRisk {
  /** The absolute folder. */
  readonly path: string;
  /** Who can do so: "it belongs to `alice`". */
  readonly why: string;
  /** Whether root may use the store all the same, after a warning. */
  readonly isTolerable: boolean;
}

/** Who uses a store, and what is known about the other users of the machine. */
export interface Observer {
  readonly uid: number;
  readonly groups: readonly number[];
  readonly accounts: () => Accounts;
  /** In a container, files of a mounted folder belong to users without a name. */
  readonly isInContainer: boolean;
}

/**
 * Returns how other users can change what is in a store, or pretend to be it: the owners and the modes of its folders
 * and of all folders above them, also of those that links lead through. Root is trusted. A sticky folder such as `/tmp`
 * may be above a store, since only its owner can rename the store there. A folder with the set-group-ID bit is shared
 * by its group on purpose, for members of the group. Access control lists are not looked at, and nothing on Windows.
 */
export function risksOfStore(home: Home, observer = thisUser()): readonly StoreRisk[] {
  if (observer === undefined) return [];
  const { data, cache, shared: _shared, pruned: _pruned, startLock: _startLock, ...buckets } = home;
  const stored = new Set([data, cache, ...Object.values(buckets)]);
  const folders = new Set([...stored].flatMap((path) => foldersOnWay(path)));
  return [...folders].flatMap((path): readonly StoreRisk[] => {
    const stats = orNone(() => statSync(path));
    const risk = stats && riskOf(stats, stored.has(path), observer);
    return risk === undefined ? [] : [{ path, ...risk }];
  });
}

function riskOf(
  { uid, gid, mode }: Stats,
  isStored: boolean,
  { uid: me, groups, accounts, isInContainer }: Observer,
): Omit<StoreRisk, "path"> | undefined {
  const isRoot = me === 0;
  const isShared = !isRoot && (mode & 0o2020) === 0o2020 && groups.includes(gid);
  if (uid !== me && uid !== 0 && !isShared) {
    const name = accounts().users.get(uid)?.name;
    if (name === undefined && accounts().isUnmapped(uid)) return undefined;
    const why = `it belongs to ${name === undefined ? `the user ${uid}` : `\`${name}\``}`;
    return { why, isTolerable: isInContainer && name === undefined };
  }
  const isSticky = (mode & 0o1000) !== 0 && !isStored;
  if (isSticky) return undefined;
  if ((mode & 0o002) !== 0) return { why: "everybody can write to it", isTolerable: false };
  if ((mode & 0o020) === 0 || isShared) return undefined;
  const group = accounts().membersOf(gid);
  if (group.members.every((member) => member === me || member === 0)) return undefined;
  return { why: `the group \`${group.name}\` can write to it`, isTolerable: false };
}

/** Returns the existing folders that an absolute path leads through, with those of the targets of links. */
function foldersOnWay(path: string, links = 0): readonly string[] {
  const folders: string[] = [];
  const above: string[] = [];
  for (let folder = path; ; folder = dirname(folder)) {
    above.unshift(folder);
    if (dirname(folder) === folder) break;
  }
  for (const [index, folder] of above.entries()) {
    const stats = orNone(() => lstatSync(folder));
    if (stats === undefined) break;
    if (!stats.isSymbolicLink()) {
      folders.push(folder);
      continue;
    }
    // The kernel of Linux follows 40 links. A broken one is reported when the store is used.
    if (links >= 40) break;
    const target = resolve(dirname(folder), readlinkSync(folder));
    const rest = above.slice(index + 1).map((each) => join(target, each.slice(folder.length)));
    return [...folders, ...foldersOnWay(rest.at(-1) ?? target, links + 1)];
  }
  return folders;
}

/** Returns undefined if there is nothing at a path, or if it cannot be looked at: then it is not used either. */
function orNone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Returns undefined on Windows. */
function thisUser(): Observer | undefined {
  const uid = process.geteuid?.();
  if (uid === undefined) return undefined;
  let accounts: Accounts | undefined;
  return {
    uid,
    groups: [process.getegid?.() ?? -1, ...(process.getgroups?.() ?? [])],
    accounts: () => (accounts ??= readAccounts((path) => readFileSync(path, "utf8"))),
    isInContainer: existsSync("/.dockerenv") || existsSync("/run/.containerenv"),
  };
}

const checked = new Map<string, readonly StoreRisk[]>();

/**
 * Warns if other users can change what is in a store or in one of its shared stores, and if one is missing. Throws
 * `permission` for root outside of CI, since root would run their programs. `POSY_TRUSTED_STORES` lists stores whose
 * other users are trusted. Looks at each store once.
 */
export function checkOwners(
  home: Home,
  environment: NodeJS.ProcessEnv,
  { report }: Pick<Reporter, "report">,
): void {
  for (const store of [home, ...home.shared]) {
    const { data } = store;
    if (store !== home && !existsSync(data)) {
      const message = `the shared store \`${data}\` does not exist`;
      report({ kind: "warning", key: message, message, hint: "correct or unset `POSY_SHARED_STORES`" });
    }
    let risks = checked.get(data);
    if (risks === undefined) checked.set(data, (risks = risksOfStore(store)));
    const [risk] = risks.toSorted((one, other) => Number(one.isTolerable) - Number(other.isTolerable));
    if (risk === undefined || isTrusted(store, environment)) continue;
    const { path, why, isTolerable } = risk;
    const isOfCache = !`${data}${sep}`.startsWith(join(path, sep)) && !path.startsWith(data + sep);
    const folder = isOfCache ? store.cache : data;
    const which = `the ${store === home ? "" : "shared "}${isOfCache ? "cache" : "store"}`;
    const what = `other users can change ${which} \`${folder}\`${path === folder ? "" : ` by \`${path}\``}: ${why}`;
    // In a job of a CI service, folders are often open to everybody, and there is nobody else.
    if (process.geteuid?.() === 0 && !isTolerable && !environment["CI"]) {
      throw new PosyError("permission", `${what}, and root would run their programs`, {
        hint: "set POSY_HOME to a folder that only root can write to; POSY_TRUSTED_STORES lists stores whose users you trust",
      });
    }
    report({ kind: "warning", key: `owners ${data}`, message: what, hint: hintFor(risk) });
  }
}

function hintFor({ why }: StoreRisk): string {
  const trusted = "POSY_TRUSTED_STORES lists stores whose users you trust";
  return why.includes("group")
    ? `\`chmod g-w\` the folder, or share it with the group on purpose: \`chmod g+s\`; ${trusted}`
    : `use a folder that only you can write to; ${trusted}`;
}

/** Whether the user trusts all who can write to a store. */
export function isTrusted({ data, cache }: Home, environment: NodeJS.ProcessEnv): boolean {
  const folders = (environment["POSY_TRUSTED_STORES"] ?? "").split(delimiter).filter((path) => path !== "");
  return [data, cache].every((path) =>
    folders.some((folder) => `${path}${sep}`.startsWith(join(resolve(folder), sep))),
  );
}
