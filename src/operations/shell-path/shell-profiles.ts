import { join } from "node:path";
import { userFolder } from "../../system/fs/index.ts";

/** The end of each line that Posy adds to a profile. The installer writes the same (`scripts/install/install.sh`). */
export const mark = "# added by the installer of Posy";

/** A file that a shell reads at its start, and the line that puts a folder on the PATH there. */
export interface ProfileLine {
  /** The absolute path of the file. */
  readonly path: string;
  readonly line: string;
}

/** Returns the files to which Posy or its installer may have added a line, for whatever shell. */
export function profiles(environment: NodeJS.ProcessEnv): readonly string[] {
  if (process.platform === "win32") return [];
  const home = userFolder(environment);
  return [
    join(environment["ZDOTDIR"] || home, ".zshenv"),
    join(home, ".bashrc"),
    ...loginProfiles.map((name) => join(home, name)),
    fishFile(environment),
  ];
}

/** What a login shell of bash reads: the first of these that exists. */
export const loginProfiles = [".bash_profile", ".bash_login", ".profile"] as const;

/**
 * Returns the lines that put a folder on the PATH of the user's shell, which SHELL names. bash reads one file as a
 * login shell and another one otherwise: `loginProfile` is the name of the former. Shells other than zsh, bash and
 * fish are assumed to read `.profile`.
 */
export function profileLines(
  folder: string,
  environment: NodeJS.ProcessEnv,
  loginProfile: string,
): readonly ProfileLine[] {
  const home = userFolder(environment);
  const quoted = folder.replace(/[\\"$`]/g, "\\$&");
  const line = `export PATH="${quoted}:$PATH" ${mark}`;
  const shell = environment["SHELL"] ?? "";
  if (shell.endsWith("/zsh")) return [{ path: join(environment["ZDOTDIR"] || home, ".zshenv"), line }];
  if (shell.endsWith("/fish")) {
    return [{ path: fishFile(environment), line: `fish_add_path --global --path "${quoted}" ${mark}` }];
  }
  const ofLogin = { path: join(home, loginProfile), line };
  if (shell.endsWith("/bash")) return [{ path: join(home, ".bashrc"), line }, ofLogin];
  return [{ path: join(home, ".profile"), line }];
}

function fishFile(environment: NodeJS.ProcessEnv): string {
  const configuration = environment["XDG_CONFIG_HOME"] || join(userFolder(environment), ".config");
  return join(configuration, "fish", "conf.d", "posy.fish");
}
