import { requirementLines } from "../bounds/requirement-lines.ts";
import type { WrittenBounds } from "../bounds/warn-excluded-pythons.ts";
import type { ProjectSettings } from "../session/project-settings.ts";
import type { LockJob } from "./lock-env.ts";

/** Returns the job that makes the lock of an environment. */
export function lockJobOf(settings: ProjectSettings): Omit<LockJob, "upgrade" | "platform" | "found"> {
  const { locked: brief, projectBrief, lockPath: path, project, deviation, lists } = settings;
  const narrowed = deviation !== undefined;
  return {
    brief,
    projectBrief,
    narrowed,
    path,
    folder: project.folder,
    lists,
    written: writtenBounds(settings),
  };
}

/**
 * Returns the requirements of all lists of a project. Only the default environment has all lists in its lock, so they
 * are compared with `requires-python` when that is locked.
 */
function writtenBounds({ project, env }: ProjectSettings): WrittenBounds | undefined {
  if (env !== "default" || project.requiresPython === undefined) return undefined;
  return { requiresPython: project.requiresPython.value, lines: requirementLines(project) };
}
