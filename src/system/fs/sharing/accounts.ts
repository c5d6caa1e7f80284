/** The users and the groups of a machine, as far as its files know them (`passwd(5)`, `group(5)`). */
export interface Accounts {
  /** The names of the users by number. */
  readonly users: ReadonlyMap<number, { readonly name: string }>;
  /**
   * Returns the members of a group, as numbers of users; -1 is a member that the files do not know. A group that they
   * do not know counts as the private group of the user with the same number: a directory service has such groups.
   */
  membersOf(gid: number): { readonly name: string; readonly members: readonly number[] };
  /** Whether a number stands for all users of another user namespace: those of the machine that runs a container. */
  isUnmapped(uid: number): boolean;
}

/** Reads the accounts. `read` returns the text of a file, or throws. Users of a directory service are missing. */
export function readAccounts(read: (path: string) => string): Accounts {
  const rowsOf = (path: string) =>
    textOf(path, read)
      .split("\n")
      .map((line) => line.split(":"));
  const users = new Map<number, { readonly name: string; readonly gid: number }>();
  const numbers = new Map<string, number>();
  for (const [name = "", , uid = "", gid = ""] of rowsOf("/etc/passwd")) {
    if (!/^\d+$/.test(uid)) continue;
    numbers.set(name, Number(uid));
    users.set(Number(uid), { name, gid: Number(gid) });
  }
  const groups = new Map<number, { readonly name: string; readonly names: readonly string[] }>();
  for (const [name = "", , gid = "", names = ""] of rowsOf("/etc/group")) {
    if (/^\d+$/.test(gid)) groups.set(Number(gid), { name, names: names.split(",").filter(Boolean) });
  }
  return {
    users,
    membersOf(gid) {
      const group = groups.get(gid);
      const primary = [...users].flatMap(([uid, user]) => (user.gid === gid ? [uid] : []));
      if (group === undefined) return { name: String(gid), members: primary.length > 0 ? primary : [gid] };
      return {
        name: group.name,
        members: [...primary, ...group.names.map((name) => numbers.get(name) ?? -1)],
      };
    },
    isUnmapped(uid) {
      if (String(uid) !== (textOf("/proc/sys/kernel/overflowuid", read).trim() || "65534")) return false;
      const mapped = textOf("/proc/self/uid_map", read).trim().split(/\s+/);
      return mapped.length > 1 && mapped.join(" ") !== "0 0 4294967295";
    },
  };
}

function textOf(path: string, read: (path: string) => string): string {
  try {
    return read(path);
  } catch {
    return "";
  }
}
