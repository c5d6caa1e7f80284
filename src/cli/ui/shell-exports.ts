import { basename } from "node:path";
import type { Env } from "../../forest/envs/index.ts";

export const shells = ["bash", "zsh", "fish", "powershell"] as const;
export type Shell = (typeof shells)[number];

/** Guesses the user's shell from the variable SHELL. */
export function chooseShell(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): Shell {
  if (platform === "win32" && !environment["SHELL"]) return "powershell";
  const name = basename(environment["SHELL"] ?? "").replace(/\.exe$/i, "");
  if (name === "pwsh") return "powershell";
  return shells.find((shell) => shell === name) ?? "bash";
}

/** Code that makes a running shell use the Env, before its PATH: `eval "$(posy env --with black --shell bash)"`. */
export function renderExports({ prefix, scripts }: Pick<Env, "prefix" | "scripts">, shell: Shell): string {
  switch (shell) {
    case "bash":
    case "zsh":
      return [
        `export PATH=${posixQuoted(scripts)}\${PATH:+:$PATH}`,
        `export VIRTUAL_ENV=${posixQuoted(prefix)}`,
        "unset PYTHONHOME",
        // Shells cache the paths of commands. `hash -r` fails if that cache is turned off.
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
