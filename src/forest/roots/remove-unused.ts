import { lstat, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  asPosyError,
  exists,
  isHeld,
  isLackOfSpace,
  type Home,
  moveAway,
  patientRename,
  removeMoved,
  removeTree,
  withoutStarts,
} from "../../system/fs/index.ts";
import { finishSeal } from "../envs/index.ts";
import { entriesInUse, type EntriesInUse, type EntryUser } from "./entries-in-use.ts";
import { entriesOfEnv } from "./env-entries.ts";

/**
 * Removes Envs, wheels and interpreters by their absolute paths. Meanwhile another Posy may make an Env of them, and a
 * program may start. While a program starts, the lock of `start-lock.ts` keeps its Env in place; afterwards the program
 * holds no lock, and locks do not work on every network disk. So the entries are renamed away first. Then all Envs that
 * are still there and the running programs are looked at, and what they need is put back. So an entry is missing for a
 * moment at most; `grow` looks after its work whether one is missing. Envs must come first. With `breakEnvs`, what only
 * Envs need is removed all the same. Returns the entries that were put back, with their users. Throws `permission` and
 * `filesystem`.
 */
export async function removeUnused(
  paths: readonly string[],
  home: Home,
  { breakEnvs = false }: { readonly breakEnvs?: boolean } = {},
): Promise<EntriesInUse> {
  const entries = new Map<string, readonly string[]>();
  for (const path of paths)
    if (dirname(path) === home.envs) entries.set(path, await entriesOfEnv(path, home));
  const moved: (readonly [path: string, away: string])[] = [];
  const putAllBack = async () => {
    for (const [path, away] of moved) await putBack(path, away, home).catch(() => {});
  };
  /** What cannot be renamed. */
  const stuck: string[] = [];
  const held = new Map<string, EntryUser>();
  await withoutStarts(home.data, async () => {
    for (const [path, user] of await neededByPrograms(entries, home)) held.set(path, user);
    for (const path of paths) {
      if (held.has(path)) continue;
      try {
        const away = await moveAway(path, home.dataTmp);
        if (away !== undefined) moved.push([path, away]);
      } catch (error) {
        if (isLackOfSpace(error)) {
          // Freeing space must be possible on a full disk. What is half removed is found by the next verification.
          stuck.push(path);
          continue;
        }
        const isOfOther = await belongsToOther(path);
        if (!isOfOther && (process.platform !== "win32" || !isHeld(error))) {
          await putAllBack();
          throw asPosyError(error, `removing \`${path}\``);
        }
        // Windows renames no folder that a program has open, and in a store of a group, a member may have made an entry
        // that the others must not change. An Env stays with all that it needs.
        const user: EntryUser = isOfOther
          ? { kind: "other-user", path }
          : { kind: "unknown-program", open: path };
        for (const each of [path, ...(entries.get(path) ?? [])]) held.set(each, user);
      }
    }
  });
  const needed = new Map<string, EntryUser>();
  try {
    if (moved.length + stuck.length > 0)
      for (const [path, user] of await neededByPrograms(entries, home)) needed.set(path, user);
    // Wheels and interpreters can go only after the Envs that need them.
    for (const path of stuck) if (dirname(path) === home.envs && !needed.has(path)) await removeTree(path);
    if (!breakEnvs)
      for (const [path, user] of await neededByEnvs(home)) needed.set(path, needed.get(path) ?? user);
  } catch (error) {
    // Nobody knows what is needed. A program that runs may be about to load a module.
    await putAllBack();
    throw asPosyError(error, `looking for what is in use in \`${home.envs}\``);
  }
  const back = new Map(held);
  for (const path of stuck) {
    const user = needed.get(path);
    if (user === undefined) await removeTree(path);
    else back.set(path, user);
  }
  for (const [path, away] of moved) {
    const user = needed.get(path);
    if (user !== undefined && (await putBack(path, away, home))) back.set(path, user);
    else await removeMoved(away);
  }
  return back;
}

/** Whether an entry belongs to another user. Windows has no numbers of users. */
async function belongsToOther(path: string): Promise<boolean> {
  const me = process.geteuid?.();
  if (me === undefined || me === 0) return false;
  return lstat(path).then(
    ({ uid }) => uid !== me,
    () => false,
  );
}

/** `moved` has the entries of the Envs that were renamed. */
async function neededByPrograms(
  moved: ReadonlyMap<string, readonly string[]>,
  home: Home,
): Promise<ReadonlyMap<string, EntryUser>> {
  const used = [...(await entriesInUse(home, ["program"]))];
  return new Map(
    used.flatMap(([path, user]) => [path, ...(moved.get(path) ?? [])].map((each) => [each, user])),
  );
}

async function neededByEnvs(home: Home): Promise<ReadonlyMap<string, EntryUser>> {
  const needed = new Map<string, EntryUser>();
  for (const key of await readdir(home.envs).catch(() => [])) {
    for (const entry of await entriesOfEnv(join(home.envs, key), home))
      needed.set(entry, { kind: "env", key });
  }
  return needed;
}

/** Returns false if the entry was made again meanwhile: both are the same. */
async function putBack(path: string, away: string, { envs }: Home): Promise<boolean> {
  try {
    await patientRename(away, path);
  } catch (error) {
    if (await exists(path)) return false;
    throw error;
  }
  if (dirname(path) === envs) finishSeal(path);
  return true;
}
