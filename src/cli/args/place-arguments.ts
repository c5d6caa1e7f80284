import { resolve } from "node:path";
import type { GlobalOptions } from "./options/global-options.ts";
import { ownArguments, takesNext } from "./split-arguments.ts";

/** A command line, with the global options before the command set apart from the rest. */
export interface PlacedArguments {
  /** The global options before the command or between its words, as typed, without `-C`. */
  readonly globals: readonly string[];
  /** The name of the command: no word, one, or two if the first is a group of commands (`python list`). */
  readonly words: readonly string[];
  /** Everything after the name of the command, or the first argument that is neither a global option nor a name. */
  readonly rest: readonly string[];
  /** The absolute folder that `-C` chooses. Undefined if the current folder stays. */
  readonly folder: string | undefined;
}

/** The commands that only have subcommands. A test compares them with the parser. */
export const commandGroups: ReadonlySet<string> = new Set(["python", "pybi", "cache", "self", "tool"]);

/**
 * Sets the global options before the command apart, and reads `-C`. Several `-C` are followed one after the other, as
 * in git. Of `run` and `lock`, which can start warm, a `-C` after the command is read, too. For other commands, the
 * parser reads it.
 */
export function placeArguments(args: readonly string[]): PlacedArguments {
  const globals: string[] = [];
  const words: string[] = [];
  const folders: string[] = [];
  let at = 0;
  while (at < args.length) {
    const arg = args[at] ?? "";
    if (!arg.startsWith("-") && words.length < 2 && (words.length === 0 || isGroup(words))) {
      words.push(arg);
      at += 1;
      if (isGroup(words)) continue;
      break;
    }
    const option = globalOption(arg, args[at + 1]);
    if (option === undefined) break;
    globals.push(...option.others);
    if (option.folder !== undefined) folders.push(option.folder);
    at += option.length;
  }
  let rest = args.slice(at);
  const isTool = words[0] === "tool" && words[1] === "run";
  if (words[0] === "run" || words[0] === "lock" || isTool) {
    const own = words[0] === "lock" ? rest : ownArguments(rest, isTool);
    rest = [...withoutFolders(own, folders), ...rest.slice(own.length)];
  }
  return { globals, words, rest, folder: folders.length === 0 ? undefined : resolve(...folders) };
}

function isGroup(words: readonly string[]): boolean {
  return words.length === 1 && commandGroups.has(words[0] ?? "");
}

/** Returns the arguments in the order in which the parser reads them: the command, then all options. */
export function inOrder({ globals, words, rest }: PlacedArguments): readonly string[] {
  return [...words, ...globals, ...rest];
}

/** One global option with its value. */
interface GlobalOption {
  /** The number of arguments, 1 or 2. */
  readonly length: number;
  /** The value of `-C`. */
  readonly folder?: string;
  /** The option without `-C`. */
  readonly others: readonly string[];
}

/** Reads a global option. Returns undefined if the argument is something else, such as `--help`. */
function globalOption(arg: string, next: string | undefined): GlobalOption | undefined {
  if (/^(-[vq]+|--verbose|--quiet|--offline|--timings|--(color|project|timings)=.*)$/s.test(arg)) {
    return { length: 1, others: [arg] };
  }
  if (/^--(color|project)$/.test(arg)) {
    return next === undefined ? undefined : { length: 2, others: [arg, next] };
  }
  return folderOption(arg, next);
}

/** Reads global options that `placeArguments` has set apart. Arguments that are no global options are passed over. */
export function readGlobalOptions(args: readonly string[]): Omit<GlobalOptions, "directory"> {
  const valueOf = (name: string) =>
    args
      .flatMap((arg, at) => {
        if (args[at - 1] === name) return [arg];
        return arg.startsWith(`${name}=`) ? [arg.slice(name.length + 1)] : [];
      })
      .at(-1);
  const color = valueOf("--color");
  const project = valueOf("--project");
  return {
    ...(args.some((arg) => /^(-\w*v\w*|--verbose)$/.test(arg)) && { verbose: true }),
    ...(args.some((arg) => /^(-\w*q\w*|--quiet)$/.test(arg)) && { quiet: true }),
    ...(args.includes("--offline") && { offline: true }),
    ...(color !== undefined && { color }),
    ...(project !== undefined && { project }),
  };
}

/** Reads `-C FOLDER`, `-CFOLDER`, `-vC FOLDER`, `--directory FOLDER` and `--directory=FOLDER`. */
function folderOption(arg: string, next: string | undefined): GlobalOption | undefined {
  const short = /^-([vq]*)C(.*)$/s.exec(arg);
  const long = /^--directory(?:=(.*))?$/s.exec(arg);
  if (short === null && long === null) return undefined;
  const [, flags = "", rest = ""] = short ?? [];
  // An empty value after `=` keeps the current folder, as in git.
  const joined = long === null ? rest || undefined : long[1];
  const folder = joined ?? next;
  if (folder === undefined) return undefined;
  return { length: joined === undefined ? 2 : 1, folder, others: flags === "" ? [] : [`-${flags}`] };
}

/** Returns the options without those that choose a folder, and adds their values to `folders`. */
function withoutFolders(args: readonly string[], folders: string[]): readonly string[] {
  const others: string[] = [];
  for (let at = 0; at < args.length; ) {
    const arg = args[at] ?? "";
    const option = folderOption(arg, args[at + 1]);
    if (option?.folder !== undefined && !isBuildSetting(option.folder)) {
      folders.push(option.folder);
      others.push(...option.others);
      at += option.length;
    } else {
      const length = takesNext(arg) ? 2 : 1;
      others.push(...args.slice(at, at + length));
      at += length;
    }
  }
  return others;
}

/**
 * Returns whether the value of a `-C` after a command is a setting of the build backends, as in pip and uv:
 * `KEY=VALUE`. A folder with such a name is written `./NAME`.
 */
export function isBuildSetting(value: string): boolean {
  return /^[^\\/=]+=/.test(value);
}

/** Changes to a folder, for this process and for `PWD` of the programs that it starts. Throws what `chdir` throws. */
export function enterFolder(folder: string): void {
  process.chdir(folder);
  if (process.env["PWD"] !== undefined) process.env["PWD"] = folder;
}
