import { existsSync } from "node:fs";
import { join, sep } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { type Env, writeEnvFolder } from "../../forest/envs/index.ts";
import { recordEnvLink } from "../../forest/roots/index.ts";
import { envLinkPath, linkEnv } from "../../project/index.ts";
import type { Inputs, OperationContext } from "../../settings/index.ts";
import { openHome } from "../../system/fs/index.ts";
import type { ProjectSettings } from "../session/project-settings.ts";

/**
 * Links `.posy/NAME` of a project to an Env, unless the Env has more packages than the environment. If the project is
 * read-only or the disk is full, there is no link, and the program runs all the same. A removed link comes back with
 * the next run. Warns once about a `.venv` that Posy did not make, and about a disk that has no links.
 */
export async function linkProjectEnv(
  { prefix }: Env,
  name: string,
  { project: { folder, settings, isScript }, hasAdditions }: ProjectSettings,
  inputs: Inputs,
  context: Pick<OperationContext, "reporter" | "environment">,
): Promise<void> {
  // A folder may have many scripts, so none has a link.
  if (hasAdditions || isScript) return;
  try {
    const venv = settings.venv ?? defaultVenv(folder);
    const makeFolder = process.platform === "win32" ? { makeFolder: writeEnvFolder } : {};
    const { links, isForeignVenvNew, areFolders, isLackOfLinksNew } = await linkEnv({
      folder,
      name,
      prefix,
      venv,
      ...makeFolder,
    });
    links.forEach((path) => inputs.note(path));
    const home = openHome(context.environment);
    // The folder of a tool is in the store, and known as such.
    if (!folder.startsWith(home.tools + sep)) await recordEnvLink(envLinkPath(folder, name), home);
    if (areFolders) {
      const message = `the disk of \`${folder}\` has no links: \`.posy\` and \`.venv\` have programs that start those of the environment`;
      context.reporter.report({ kind: "debug", message });
    }
    if (isLackOfLinksNew) {
      const message = `the disk of \`${folder}\` has no symbolic links: the project gets no \`.venv\` and no \`.posy/env\``;
      const hint = "`posy env --path` prints the path of the environment, for editors";
      context.reporter.report({ kind: "warning", message, hint, key: message });
    }
    if (isForeignVenvNew) {
      const message = `\`${join(folder, ".venv")}\` was not made by Posy, and stays as it is: editors that look for it do not see what \`posy run\` sees`;
      const hint = "remove it to get one of Posy's, or point the editor at `.posy/env`";
      context.reporter.report({ kind: "warning", message, hint, key: message });
    }
  } catch (error) {
    if (!(error instanceof PosyError) || (error.code !== "permission" && error.code !== "no-space"))
      throw error;
  }
}

/**
 * Whether a project without the setting gets a `.venv`. With a lock of uv, Poetry or PDM it does not: `.venv` is then
 * the folder into which that tool installs.
 */
function defaultVenv(folder: string): false | undefined {
  const locks = ["uv.lock", "poetry.lock", "pdm.lock"];
  return locks.some((lock) => existsSync(join(folder, lock))) ? false : undefined;
}
