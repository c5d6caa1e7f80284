import { join } from "node:path";
import { type Home, quickSha256, textIfThere, writeAtomic } from "../../system/fs/index.ts";
import { renderExports } from "../ui/shell-exports.ts";
import { fishActivation, startUpFiles } from "./start-up-files.ts";
import type { UserShell } from "./user-shell.ts";

/** How to start a shell for an Env. */
export interface ShellStart {
  /** The arguments, without the shell itself. */
  readonly args: readonly string[];
  /** The environment variables to set, in addition to those of the Env. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * The paths by which a shell reaches an Env: those of a project's link, which does not change, or of the
 * Env's folder.
 */
export interface ShellEnv {
  readonly prefix: string;
  readonly scripts: string;
}

/**
 * Returns the arguments and variables that activate an Env in a shell, after the user's start-up files. `interactive`:
 * the shell has a terminal. A shell without a terminal reads no start-up files, so it only needs the variables.
 */
export async function shellStart(
  { kind }: UserShell,
  env: ShellEnv,
  interactive: boolean,
  home: Home,
  environment: NodeJS.ProcessEnv,
): Promise<ShellStart> {
  const variables = { POSY_SHELL: env.prefix, _POSY_GUARDS: home.guards };
  if (!interactive) return { args: [], variables };
  switch (kind) {
    case "bash": {
      const folder = await filesIn(home);
      return { args: folder === undefined ? [] : ["--rcfile", join(folder, "bashrc"), "-i"], variables };
    }
    case "zsh": {
      const folder = await filesIn(home);
      if (folder === undefined) return { args: [], variables };
      const users = environment["ZDOTDIR"] ?? "";
      return { args: ["-i"], variables: { ...variables, ZDOTDIR: join(folder, "zsh"), POSY_ZDOTDIR: users } };
    }
    case "fish":
      return { args: ["-C", fishActivation], variables };
    case "powershell":
      return { args: ["-NoLogo", "-NoExit", "-Command", renderExports(env, "powershell")], variables };
    case "cmd":
      return { args: [], variables: { ...variables, PROMPT: `(posy) ${environment["PROMPT"] || "$P$G"}` } };
    case "other":
      return { args: [], variables };
    default:
      return kind satisfies never;
  }
}

/**
 * Writes the start-up files to the cache and returns their folder. The folder's name is a hash of the files, because
 * other versions of Posy may have other files. Returns undefined if nothing can be written.
 */
async function filesIn({ shells }: Home): Promise<string | undefined> {
  const key = quickSha256(JSON.stringify(startUpFiles))?.slice(0, 16) ?? "other";
  const folder = join(shells, key);
  try {
    for (const [name, text] of Object.entries(startUpFiles)) {
      const path = join(folder, name);
      // A power cut may have damaged an existing file.
      if ((await textIfThere(path)) !== text) await writeAtomic(path, text);
    }
    return folder;
  } catch {
    return undefined;
  }
}
