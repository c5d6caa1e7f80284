import { join } from "node:path";
import { timed } from "../../report/timings.ts";
import { type Home, removeTree, settleOrRemember, sharedStoreOf, stateOf } from "../../system/fs/index.ts";
import { describeDamage, type Damage, isOnlyAdded } from "../damage/index.ts";
import type { UnpackPool } from "./unpack/unpack-pool.ts";
import type { StoredWheel } from "./stored-wheel.ts";
import { readManifest } from "./wheel-manifest.ts";
import { type ChosenWheel, wheelFolders, type WheelStoreContext } from "./wheel-store.ts";

export interface VerifyStep {
  readonly pool: Pick<UnpackPool, "verify">;
  /** Whether all files are hashed. A wheel that a power cut may have damaged is hashed in any case. */
  readonly full: boolean;
  /** Called before a wheel that was damaged is made again. */
  readonly onDamaged: (sha256: string) => Promise<void>;
}

/**
 * Returns a wheel of the first of `folders` in which it is right. Files that another program has added are removed from
 * the user's own store, with a warning. Returns undefined, with a warning, if the wheel is damaged and has to be
 * unpacked again, and without one if it is not there.
 */
export async function usableWheel(
  wheel: ChosenWheel,
  step: VerifyStep,
  context: Pick<WheelStoreContext, "home" | "reporter">,
  folders = wheelFolders(wheel.sha256, context.home),
): Promise<StoredWheel | undefined> {
  for (const dir of folders) {
    const usable = await usableWheelIn(dir, wheel, step, context);
    if (usable !== undefined) return usable;
  }
  return undefined;
}

async function usableWheelIn(
  dir: string,
  { pin, sha256 }: ChosenWheel,
  { pool, full, onDamaged }: VerifyStep,
  { home, reporter }: Pick<WheelStoreContext, "home" | "reporter">,
): Promise<StoredWheel | undefined> {
  const manifest = readManifest(dir);
  if (manifest === undefined) return undefined;
  const state = stateOf(dir, home);
  const name = `${pin.name} ${pin.version}`;
  const damages = await timed(reporter, "verify wheel", name, () =>
    pool.verify({ verify: "wheel", path: dir, full: full || state === "unverified" }),
  );
  const store = sharedStoreOf(dir, home);
  if (store !== undefined && damages.length > 0) {
    const message = `\`${name}\` in the shared store \`${store.data}\` is damaged (${describeDamage(damages)}): your own store gets it`;
    const hint = "tell its owner: `posy cache verify --repair` makes it again";
    reporter.report({ kind: "warning", key: `damaged ${dir}`, message, hint });
    return undefined;
  }
  if (damages.length === 0 || isOnlyAdded(damages)) {
    await removeAdded(dir, damages, home);
    if (state === "unverified") settleOrRemember(dir, home);
    if (damages.length > 0) {
      reporter.report({
        kind: "warning",
        key: `added ${dir}`,
        message: `another program added ${describeDamage(damages)} to \`${name}\`, which environments share: it was removed`,
      });
    }
    return { pin, sha256, dir, manifest };
  }
  await onDamaged(sha256);
  reporter.report({
    kind: "debug",
    message: `the stored files of \`${name}\` are damaged (${describeDamage(damages)}): they are made again`,
  });
  return undefined;
}

/** Removes what was added to an entry of the store. */
export async function removeAdded(
  dir: string,
  damages: readonly Damage[],
  home: Pick<Home, "dataTmp">,
): Promise<void> {
  for (const { path } of damages) await removeTree(join(dir, ...path.split("/")), home.dataTmp);
}
