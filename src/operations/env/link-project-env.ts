import { PosyError } from "../../errors/posy-error.ts";
import type { Env } from "../../forest/envs/index.ts";
import { linkEnv } from "../../project/index.ts";
import type { Inputs } from "../../settings/index.ts";
import type { ProjectSettings } from "../session/project-settings.ts";

/**
 * Links `.posy/NAME` of a project to an Env, unless the Env has more packages than the environment. If the project is
 * read-only or the disk is full, there is no link, and the program runs all the same. A removed link comes back with
 * the next run.
 */
export async function linkProjectEnv(
  { prefix }: Env,
  name: string,
  { project: { folder, settings }, hasAdditions }: ProjectSettings,
  inputs: Inputs,
): Promise<void> {
  if (hasAdditions) return;
  try {
    const links = await linkEnv({ folder, name, prefix, venv: settings.venv });
    links.forEach((path) => inputs.note(path));
  } catch (error) {
    if (!(error instanceof PosyError) || (error.code !== "permission" && error.code !== "no-space"))
      throw error;
  }
}
