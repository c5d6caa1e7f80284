import { openHome } from "../../system/home.ts";
import { memoPath, readMemo } from "./memo.ts";
import { splitRunArguments } from "./split-arguments.ts";
import { startCommand } from "./start-command.ts";

/**
 * The warm `posy run`: no network, no index, no Blueprint, no option parser; a hash, a small file, and the program.
 * Gives the status to end with where the system can't replace a process, and undefined where there is more to do.
 */
export async function runRemembered(args: readonly string[]): Promise<number | undefined> {
  const { own, command, named } = splitRunArguments(args);
  const home = openHome();
  const path = memoPath(own, home, process.env);
  const memo = path === undefined ? undefined : readMemo(path, home);
  if (memo === undefined || (named && memo.commands.includes(command[0] ?? ""))) return undefined;
  const started = await startCommand(command, memo.env, process.env);
  return typeof started === "number" ? started : undefined;
}
