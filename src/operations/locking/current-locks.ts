import type { Blueprint, Brief } from "../../model/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { EnvName } from "../../project/index.ts";
import { frozenLock } from "./lock-env.ts";
import type { ProjectSession } from "../session/project-session.ts";

/**
 * What an environment asks for, and its lock as a Blueprint. `blueprint` is undefined if there is no lock that can be
 * read.
 */
export interface CurrentLock {
  readonly env: EnvName;
  readonly brief: Brief;
  readonly blueprint: Blueprint | undefined;
}

const noLock = new Set(["not-found", "invalid-lock", "conflicted-lock"]);

/** Reads the locks of all environments of a project. Asks no index. */
export async function currentLocks(session: ProjectSession): Promise<readonly CurrentLock[]> {
  const locks: CurrentLock[] = [];
  for (const env of session.project.envs.keys()) {
    const settings = await session.settings(env);
    const blueprint = await frozenLock(settings.lockPath).catch((error: unknown) => {
      if (error instanceof PosyError && noLock.has(error.code)) return undefined;
      throw error;
    });
    locks.push({ env, brief: settings.locked, blueprint });
  }
  return locks;
}
