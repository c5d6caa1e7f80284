import { basename } from "node:path";

/** Shells that can be told what to do behind their own start-up files; the others have the environment's variables alone. */
export type ShellKind = "bash" | "zsh" | "fish" | "powershell" | "cmd" | "other";

/** A shell to be started. */
export interface UserShell {
  /** A path, or a name that is looked for on the PATH. */
  readonly program: string;
  readonly kind: ShellKind;
}

/**
 * The shell of whoever asks: `SHELL`; on Windows without it PowerShell where its variables show that this is one, else
 * `ComSpec`. `login` is what the system has for the user, where nothing says.
 */
export function userShell(
  environment: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
  login: string | null,
): UserShell {
  const said = environment["SHELL"];
  if (platform !== "win32") return shellOf(said || login || "/bin/sh", platform);
  if (said) return shellOf(said, platform);
  // Each puts the user's own folder of modules there, which nobody has from the system.
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
      // On Windows their paths are of another kind than ours.
      return { program, kind: platform === "win32" ? "other" : name };
    default:
      return { program, kind: "other" };
  }
}
