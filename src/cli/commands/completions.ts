import { choose } from "../../text/index.ts";
import { bashScript } from "../completion/scripts/bash.ts";
import { fishScript } from "../completion/scripts/fish.ts";
import { powershellScript } from "../completion/scripts/powershell.ts";
import { zshScript } from "../completion/scripts/zsh.ts";
import type { CommandContext } from "./command.ts";

const scripts = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
  powershell: powershellScript,
} as const;

/** `posy completions`: prints the script with which a shell completes command lines of Posy. */
export function completionsCommand(shell: string, { console }: CommandContext): number {
  const names = Object.keys(scripts) as (keyof typeof scripts)[];
  console.print(scripts[choose("posy completions", shell, names)]);
  return 0;
}
