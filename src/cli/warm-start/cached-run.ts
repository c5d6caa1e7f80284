import { openHome } from "../../system/fs/home.ts";
import { readMemo } from "./env-entry.ts";
import { memoPath } from "./entry-path.ts";
import { splitRunArguments } from "../args/split-arguments.ts";
import { startCommand } from "../../operations/run/start-command.ts";

/**
 * The warm `posy run`: no network, no index, no Blueprint, no option parser; a hash, a small file, and the program.
 * Gives the status to end with where the system can't replace a process, and undefined where there is more to do: `of-project`
 * where it is one of the project's own commands, and nothing else was said.
 */
export async function cachedRun(args: readonly string[]): Promise<number | "of-project" | undefined> {
  const { own, command, named } = splitRunArguments(args);
  const home = openHome();
  const path = memoPath(own, home, process.env);
  const memo = path === undefined ? undefined : readMemo(path, home);
  if (memo === undefined) return undefined;
  if (named && memo.commands.includes(command[0] ?? "")) return own.length === 0 ? "of-project" : undefined;
  let environment = process.env;
  if (memo.envFiles.length > 0 || own.some((arg) => arg.startsWith("--env-file"))) {
    const { typedEnvFiles, withEnvFiles } = await import("../../operations/run/env-files.ts");
    environment = await withEnvFiles(environment, [...memo.envFiles, ...typedEnvFiles(own, process.cwd())]);
  }
  const started = await startCommand(command, memo.env, environment);
  return typeof started === "number" ? started : undefined;
}
