import { timed } from "../report/timings.ts";
import { sweepTmp } from "../system/fs/index.ts";
import { requireSymbolicLinks } from "./envs/index.ts";
import { type ExistingEnv, wheelFolderOf } from "./find-env.ts";
import type { ForestContext } from "./forest-context.ts";
import { unsealEnvsWith } from "./unseal-envs.ts";
import {
  type ChosenWheel,
  installWheel,
  openUnpackPool,
  type StoredWheel,
  usableWheel,
  wheelFolders,
} from "./wheels/index.ts";

/**
 * Returns all chosen wheels as stored ones. Those that all stores lack are installed concurrently. A wheel to which an
 * existing Env links is preferred.
 */
export async function usableWheels(
  chosen: readonly ChosenWheel[],
  existing: readonly ExistingEnv[],
  context: ForestContext,
): Promise<readonly StoredWheel[]> {
  const { home, reporter, verification } = context;
  const pool = openUnpackPool(context.unpackThreads);
  const builds = new Set<Promise<void>>();
  const full = verification === "full";
  const step = { pool, full, onDamaged: (sha256: string) => unsealEnvsWith(sha256, home) };
  let installing = 0;
  const install = async (wheel: ChosenWheel): Promise<StoredWheel> => {
    requireSymbolicLinks(home);
    if (installing++ === 0) {
      reporter.report({ kind: "stage", stage: "unpack", state: "start" });
      await Promise.all([sweepTmp(home, "dataTmp"), sweepTmp(home, "cacheTmp")]);
    }
    return timed(reporter, "install wheel", wheel.filename, () =>
      installWheel(wheel, { pool, builds, full }, context),
    );
  };
  try {
    return await Promise.all(
      chosen.map(async (wheel) => {
        const linked = existing.flatMap((each) => wheelFolderOf(each, wheel, home) ?? []);
        const folders = new Set([...linked, ...wheelFolders(wheel.sha256, home)]);
        return (await usableWheel(wheel, step, context, [...folders])) ?? install(wheel);
      }),
    );
  } finally {
    await pool.close();
    // After a failure, other wheels may be half unpacked: they stop at once and remove their temporary folders.
    await Promise.allSettled(builds);
    if (installing > 0) reporter.report({ kind: "stage", stage: "unpack", state: "end" });
  }
}
