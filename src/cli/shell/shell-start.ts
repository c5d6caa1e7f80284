import { join } from "node:path";
import { exists, type Home, quickSha256, writeAtomic } from "../../system/fs/index.ts";
import { renderExports } from "../ui/shell-exports.ts";
import { fishActivation, startUpFiles } from "./start-up-files.ts";
import type { UserShell } from "./user-shell.ts";

/** How a shell is started for an Env. */
export interface ShellStart {
  /** Without the shell itself. */
  readonly args: readonly string[];
  /** Beside those of the Env. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Where an Env is as the shell is to see it: by a project's link, which stays, or by its own folder. */
export interface ShellEnv {
  readonly prefix: string;
  readonly scripts: string;
}

/**
 * What makes a shell use the Env behind the user's own start-up files. `interactive`: it will have a terminal; where it reads commands
 * from elsewhere it reads no such files, and the variables alone are enough.
 */
export async function shellStart(
  { kind }: UserShell,
  env: ShellEnv,
  interactive: boolean,
  home: Home,
  environment: NodeJS.ProcessEnv,
): Promise<ShellStart> {
  const variables = { POSY_SHELL: env.prefix };
  if (!interactive) return { args: [], variables };
  switch (kind) {
    case "bash": {
      const folder = await filesIn(home);
      return { args: folder === undefined ? [] : ["--rcfile", join(folder, "bashrc"), "-i"], variables };
    }
    case "zsh": {
      const folder = await filesIn(home);
      if (folder === undefined) return { args: [], variables };
      const own = environment["ZDOTDIR"] ?? "";
      return { args: ["-i"], variables: { ...variables, ZDOTDIR: join(folder, "zsh"), POSY_ZDOTDIR: own } };
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

/** Named by what is in it, so that another Posy's stay what they are. Undefined where nothing can be written. */
async function filesIn({ shells }: Home): Promise<string | undefined> {
  const key = quickSha256(JSON.stringify(startUpFiles))?.slice(0, 16) ?? "other";
  const folder = join(shells, key);
  try {
    for (const [name, text] of Object.entries(startUpFiles)) {
      const path = join(folder, name);
      if (!(await exists(path))) await writeAtomic(path, text);
    }
    return folder;
  } catch {
    return undefined;
  }
}
