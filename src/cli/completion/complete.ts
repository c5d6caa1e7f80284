import { resolve } from "node:path";
import { enterFolder, placeArguments, readGlobalOptions } from "../args/place-arguments.ts";
import { completionFor } from "./candidates.ts";
import { commandTable } from "./command-table.ts";
import { readWords } from "./read-words.ts";

/**
 * `posy __complete =CURRENT WORD…`, which the scripts of `posy completions` call: prints what fits at the end of a
 * command line. CURRENT is the word at the cursor, and the words stand before it. The first line of the output is
 * `none`, `files` or `folders`, the paths that the shell offers itself. Each further line is a word, a tab, and a
 * short description. It never fails and prints no errors, since they would appear in the middle of the command line
 * that a person types.
 */
export async function complete([current = "=", ...words]: readonly string[]): Promise<void> {
  console.log(await answer(words, current.slice(1)).catch(() => "none"));
}

async function answer(words: readonly string[], current: string): Promise<string> {
  const asked = readWords(words, current, commandTable);
  const { folder, globals, rest } = placeArguments(words);
  if (folder !== undefined) enterFolder(folder);
  const { project = "" } = readGlobalOptions([...globals, ...rest]);
  const { paths, candidates } = await completionFor(asked, resolve(project));
  const lines = candidates
    .filter(({ value }) => !/[\s\p{Cc}]/u.test(value))
    .map(({ value, summary = "" }) => `${value}\t${summary.replace(/[\s\p{Cc}]+/gu, " ")}`);
  return [paths, ...lines].join("\n");
}
