import type { EnvName } from "../../project/index.ts";
import { timed } from "../../report/timings.ts";
import type { OperationContext } from "../../settings/index.ts";
import { type Locked, type LockJob, lockOf, type ResolvedLock, resolveEnv } from "./lock-env.ts";
import { lockJobOf } from "./lock-job.ts";
import type { ProjectSession } from "../session/project-session.ts";

/** One environment of a project, resolved. */
export interface EnvResolution {
  readonly env: EnvName;
  readonly job: LockJob;
  readonly outcome: ResolvedLock;
}

/** One environment of a project with its lock as it would be written. */
export interface EnvLock extends EnvResolution {
  readonly outcome: Locked;
}

/** Decides for each environment which locked versions it keeps, and whether its requirements are as written. */
export type UpgradePolicy = (env: EnvName) => Pick<LockJob, "upgrade" | "found" | "written">;

const keepAll: UpgradePolicy = () => ({ upgrade: false });

/** Resolves every environment of a project. Writes nothing. */
export async function resolveEnvs(
  session: ProjectSession,
  policy = keepAll,
): Promise<readonly EnvResolution[]> {
  const resolved: EnvResolution[] = [];
  for (const env of session.project.envs.keys()) {
    const settings = await session.settings(env);
    const job = { ...lockJobOf(settings), ...policy(env), completeLists: true };
    resolved.push({ env, job, outcome: await resolveEnv(job, await session.posy(settings)) });
  }
  return resolved;
}

/** Makes the locks of resolved environments. Writes nothing. */
export async function lockEnvs(
  resolved: readonly EnvResolution[],
  { reporter }: Pick<OperationContext, "reporter">,
): Promise<readonly EnvLock[]> {
  const locks: EnvLock[] = [];
  for (const resolution of resolved) {
    const { env, job } = resolution;
    const outcome = await timed(reporter, "make lock", env, () => lockOf(resolution.outcome, job));
    locks.push({ ...resolution, outcome });
  }
  return locks;
}

/** Keeps the versions of an earlier resolution of each environment. */
export function keepFound(found: readonly EnvResolution[]): UpgradePolicy {
  return (name) => {
    const resolution = found.find(({ env }) => env === name);
    return { upgrade: false, ...(resolution && { found: resolution.outcome }) };
  };
}
