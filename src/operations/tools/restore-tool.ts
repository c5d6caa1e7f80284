import { syncEnv } from "../../forest/index.ts";
import type { OperationContext } from "../../settings/index.ts";
import { openHome } from "../../system/fs/index.ts";
import { createProjectEnv } from "../create-env.ts";
import { openProject } from "../session/project-session.ts";
import { toolFolder } from "./tool-folders.ts";

/**
 * Makes the Env of an installed tool again after it was removed. The programs of the tool start without Posy, so
 * nothing else would make it again. Throws what growing throws, for example if a wheel is missing and there is no
 * network.
 */
export async function restoreTool(name: string, context: OperationContext): Promise<void> {
  const projectFolder = toolFolder(name, context.environment);
  await using session = await openProject({}, { ...context, projectFolder });
  const { env } = await createProjectEnv(session, { frozen: true });
  await syncEnv(env.prefix, openHome(context.environment));
}
