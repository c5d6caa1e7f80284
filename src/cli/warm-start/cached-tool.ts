import { join } from "node:path";
import { findCommand } from "../../operations/run/find-command.ts";
import { startCommand } from "../../operations/run/start-command.ts";
import { toolFolder } from "../../operations/tools/tool-folders.ts";
import { readToolWord } from "../../operations/tools/tool-word.ts";
import { fingerprintOrNone } from "../../system/fs/fingerprint.ts";
import { openHome } from "../../system/fs/home.ts";
import { recordInherited } from "../../system/process/inherited.ts";
import { splitToolArguments } from "../args/split-arguments.ts";
import { envEntryPath } from "./entry-path.ts";
import { readEnvEntry } from "./env-entry.ts";

/**
 * Answers `posy tool run` from the cache, as `cachedRun` does for `posy run`. Returns the exit status if the system
 * cannot replace a process, and undefined if the whole program has to run.
 */
export async function cachedTool(args: readonly string[]): Promise<number | undefined> {
  recordInherited(process.env);
  const { own, command } = splitToolArguments(args);
  const [word = "", ...rest] = command;
  const program = programOfWord(word, own);
  if (program === undefined) return undefined;
  const home = openHome();
  const path = envEntryPath(toolKey(own, word, process.env), home, process.env);
  const entry = path === undefined ? undefined : readEnvEntry(path, home, process.env);
  if (entry === undefined) return undefined;
  // The program must be one of the tool's, and not one on the PATH.
  if (findCommand(program, entry.env.scripts, {}).kind !== "found") return undefined;
  const started = await startCommand([program, ...rest], entry.env, process.env, entry);
  return typeof started === "number" ? started : undefined;
}

/** Returns the program that a word starts. With `--from`, it is the word itself. */
function programOfWord(word: string, own: readonly string[]): string | undefined {
  if (own.some((arg) => arg === "--from" || arg.startsWith("--from="))) return word || undefined;
  const read = readToolWord(word);
  return read === undefined || read.latest ? undefined : read.name;
}

/**
 * Returns the options that identify the Env of a tool in the cache. The lock of the installed tool is one, since
 * installing and upgrading the tool change the answer.
 */
export function toolKey(
  own: readonly string[],
  word: string,
  environment: NodeJS.ProcessEnv,
): readonly string[] {
  const name =
    readToolWord(word)
      ?.name.toLowerCase()
      .replace(/[-_.]+/g, "-") ?? "";
  const lock = name === "" ? "" : fingerprintOrNone(join(toolFolder(name, environment), "pylock.toml"));
  return [...own, `--tool=${word}`, `--installed=${lock}`];
}
