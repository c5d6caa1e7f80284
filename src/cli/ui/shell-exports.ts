import { basename } from "node:path";
import type { Env } from "../../forest/envs/index.ts";

export const shells = ["bash", "zsh", "fish", "powershell"] as const;
export type Shell = (typeof shells)[number];

/** The shell that this one was started from, as far as it can be told. */
export function chooseShell(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): Shell {
  if (platform === "win32" && !environment["SHELL"]) return "powershell";
  const name = basename(environment["SHELL"] ?? "").replace(/\.exe$/i, "");
  if (name === "pwsh") return "powershell";
  return shells.find((shell) => shell === name) ?? "bash";
}

/** What makes a shell's session use the Env: `eval "$(posy env --with black --shell bash)"`. The shell's own PATH is kept. */
export function renderExports({ prefix, scripts }: Pick<Env, "prefix" | "scripts">, shell: Shell): string {
  switch (shell) {
    case "bash":
    case "zsh":
      return [
        `export PATH=${posixQuoted(scripts)}\${PATH:+:$PATH}`,
        `export VIRTUAL_ENV=${posixQuoted(prefix)}`,
        "unset PYTHONHOME",
        // It keeps where it found a command; `hash -r` fails where that is off.
        "hash -r 2>/dev/null || true",
        "",
      ].join("\n");
    case "fish":
      return [
        `set -gx PATH ${fishQuoted(scripts)} $PATH`,
        `set -gx VIRTUAL_ENV ${fishQuoted(prefix)}`,
        "set -e PYTHONHOME; or true",
        "",
      ].join("\n");
    default:
      return [
        `$Env:PATH = ${powershellQuoted(scripts)} + [IO.Path]::PathSeparator + $Env:PATH`,
        `$Env:VIRTUAL_ENV = ${powershellQuoted(prefix)}`,
        "Remove-Item Env:PYTHONHOME -ErrorAction SilentlyContinue",
        "",
      ].join("\n");
  }
}

function posixQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

function powershellQuoted(text: string): string {
  return `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, "$&$&")}'`;
}
