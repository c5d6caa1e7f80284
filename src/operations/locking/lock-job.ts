import type { LockJob } from "./lock-env.ts";
import type { ProjectSettings } from "../session/project-settings.ts";

/** Returns the job that makes the lock of an environment. */
export function lockJobOf(settings: ProjectSettings): Omit<LockJob, "upgrade" | "platform" | "found"> {
  const { locked: brief, projectBrief, lockPath: path, project, deviation, lists } = settings;
  return { brief, projectBrief, narrowed: deviation !== undefined, path, folder: project.folder, lists };
}
