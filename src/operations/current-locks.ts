import type { Blueprint } from "../model/blueprint.ts";
import type { Brief } from "../model/brief.ts";
import { PosyError } from "../errors/posy-error.ts";
import type { EnvName, Project } from "../project/pyproject/project.ts";
import type { CommandContext } from "../cli/commands/command.ts";
import { openInputs } from "../settings/inputs.ts";
import type { ProjectChangeOptions } from "./change-project.ts";
import { frozenLock } from "./lock-project.ts";
import { settingsOfProject } from "./project-settings.ts";

/** What an environment asks for, and what its lock says that this is; undefined where no lock is there that can be read. */
export interface CurrentLock {
  readonly env: EnvName;
  readonly brief: Brief;
  readonly blueprint: Blueprint | undefined;
}

const noLock = new Set(["not-found", "invalid-lock", "conflicted-lock"]);

/** The locks of all environments as they are. No index is asked. */
export async function currentLocks(
  project: Project,
  options: ProjectChangeOptions,
  { console, environment, cwd }: CommandContext,
): Promise<readonly CurrentLock[]> {
  const locks: CurrentLock[] = [];
  for (const env of project.envs.keys()) {
    const settings = await settingsOfProject(project, { ...options, env }, openInputs(environment, cwd));
    settings.warnings.forEach((warning) => console.warn(warning));
    const blueprint = await frozenLock(settings.lockPath).catch((error: unknown) => {
      if (error instanceof PosyError && noLock.has(error.code)) return undefined;
      throw error;
    });
    locks.push({ env, brief: settings.locked, blueprint });
  }
  return locks;
}
