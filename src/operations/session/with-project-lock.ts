import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { openHome, sha256Of, withLock } from "../../system/fs/index.ts";
import type { ProjectSession } from "./project-session.ts";

/**
 * Runs `work` while no other process changes the project, so that of two changes at once both take effect. If another
 * process changed the project since it was opened, `work` gets the project as it is now. Reports a warning if it has to
 * wait.
 */
export async function withProjectLock<T>(
  session: ProjectSession,
  work: (session: ProjectSession) => Promise<T>,
): Promise<T> {
  const { context, project } = session;
  const folder = await realpath(project.folder).catch(() => project.folder);
  const path = join(openHome(context.environment).cacheTmp, `project-${sha256Of(folder).slice(0, 32)}.lock`);
  const onWait = () =>
    context.reporter.report({
      kind: "warning",
      message: `waiting for another posy that changes \`${project.folder}\``,
      about: "waiting",
    });
  return withLock(path, async () => work(await session.reread()), { onWait });
}
