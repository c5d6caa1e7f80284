import { openHome } from "../../system/fs/home.ts";
import { readEnvEntry } from "./env-entry.ts";
import { envEntryPath } from "./entry-path.ts";
import { recordInherited } from "../../system/process/inherited.ts";
import { splitRunArguments } from "../args/split-arguments.ts";
import {
  blockKey,
  isUrl,
  keepScript,
  scriptOfCommand,
} from "../../operations/run/script/script-of-command.ts";
import { startCommand } from "../../operations/run/start-command.ts";

/**
 * Answers `posy run` from the cache: computes a hash, reads a small file, and starts the program. Needs no network, no
 * index, no Blueprint and no option parser. If the system cannot replace a process, waits for the program and returns
 * the exit status. Returns `of-project` if a command of the project was asked for, without options. Returns undefined
 * if the whole program has to run.
 */
export async function cachedRun(args: readonly string[]): Promise<number | "of-project" | undefined> {
  recordInherited(process.env);
  const { own, command, named } = splitRunArguments(args);
  // The script must be read first, and only the whole program does that.
  if (command[0] === "-" || isUrl(command[0])) return undefined;
  const home = openHome();
  const isScript = own.some((option) => option === "--script" || option === "-s");
  const script = scriptOfCommand(command, { cwd: process.cwd(), isScript });
  keepScript(script);
  const block = script && blockKey(script);
  const path = envEntryPath([...own, ...(block ?? [])], home, process.env);
  const entry = path === undefined ? undefined : readEnvEntry(path, home, process.env);
  if (entry === undefined) return undefined;
  if (named && entry.commands.includes(command[0] ?? "")) return own.length === 0 ? "of-project" : undefined;
  let environment = process.env;
  if (entry.envFiles.length > 0 || own.some((arg) => arg.startsWith("--env-file"))) {
    const { typedEnvFiles, withEnvFiles } = await import("../../operations/run/env-files.ts");
    environment = await withEnvFiles(environment, [...entry.envFiles, ...typedEnvFiles(own, process.cwd())]);
  }
  const started = await startCommand(
    block || isScript ? ["python", ...command] : await programOf(command),
    entry.env,
    environment,
    entry,
  );
  return typeof started === "number" ? started : undefined;
}

/** Returns the command to start. `python` is added before a script that would start `posy run` again. */
export async function programOf(command: readonly string[]): Promise<readonly string[]> {
  if (!/[\\/]/.test(command[0] ?? "")) return command;
  const { withPython } = await import("../args/posy-script.ts");
  return withPython(command);
}
