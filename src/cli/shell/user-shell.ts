import { basename } from "node:path";

/**
 * The shells that can run code after their start-up files. The others only get the environment's variables.
 */
export type ShellKind = "bash" | "zsh" | "fish" | "powershell" | "cmd" | "other";

/** A shell to start. */
export interface UserShell {
  /** A path, or a name to search on the PATH. */
  readonly program: string;
  readonly kind: ShellKind;
}

/**
 * Returns the user's shell: `SHELL`, then the user's login shell (`login`), then `/bin/sh`. On Windows without `SHELL`:
 * PowerShell if the variables show that it started Posy, else `ComSpec`.
 */
export function userShell(
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
  login: string | null,
): UserShell {
  const shell = environment["SHELL"];
  if (platform !== "win32") return shellOf(shell || login || "/bin/sh", platform);
  if (shell) return shellOf(shell, platform);
  // PowerShell adds the user's module folder to this variable. The system's value does not have it.
  const modules = environment["PSModulePath"] ?? "";
  if (/[\\/]Documents[\\/]PowerShell[\\/]/i.test(modules)) return shellOf("pwsh", platform);
  if (/[\\/]Documents[\\/]WindowsPowerShell[\\/]/i.test(modules)) return shellOf("powershell", platform);
  return shellOf(environment["ComSpec"] || "cmd.exe", platform);
}

function shellOf(program: string, platform: NodeJS.Platform): UserShell {
  const name = basename(program.replaceAll("\\", "/"))
    .toLowerCase()
    .replace(/\.exe$/, "");
  switch (name) {
    case "pwsh":
    case "powershell":
      return { program, kind: "powershell" };
    case "cmd":
      return { program, kind: "cmd" };
    case "bash":
    case "zsh":
    case "fish":
      // On Windows these shells use another form of paths.
      return { program, kind: platform === "win32" ? "other" : name };
    default:
      return { program, kind: "other" };
  }
}
