import { commandTable } from "../completion/command-table.ts";
import type { PlacedArguments } from "../args/place-arguments.ts";
import { ownArguments, takesNext } from "../args/split-arguments.ts";

const isTimings = (arg: string) => /^--timings(=|$)/s.test(arg);

/**
 * Takes `--timings` out of a command line, so that everything else works as without it. What belongs to the program of
 * `posy run` or to a command of the project stays. Returns the values as typed: "" for `--timings=`, undefined for
 * `--timings`.
 */
export function takeTimings(placed: PlacedArguments): {
  readonly placed: PlacedArguments;
  readonly values: readonly (string | undefined)[];
} {
  const { globals, words, rest } = placed;
  const count = numberOfOwn(placed);
  const own = rest.slice(0, count);
  const startsProgram = isStarter(words);
  const isOption = (arg: string, index: number) =>
    isTimings(arg) && !(startsProgram && takesNext(own[index - 1] ?? ""));
  const found = [...globals.filter(isTimings), ...own.filter(isOption)];
  return {
    placed: {
      ...placed,
      globals: globals.filter((arg) => !isTimings(arg)),
      rest: [...own.filter((arg, index) => !isOption(arg, index)), ...rest.slice(count)],
    },
    values: found.map((arg) => (arg.includes("=") ? arg.slice(arg.indexOf("=") + 1) : undefined)),
  };
}

/**
 * Returns the command that was typed, without arguments: `posy cache clean`. The name of a project's command is left
 * out.
 */
export function commandOf(words: readonly string[]): string {
  const name = words.join(" ");
  return commandTable.commands[name] === undefined ? "posy" : `posy ${name}`.trim();
}

function isStarter([first, second]: readonly string[]): boolean {
  return first === "run" || (first === "tool" && second === "run");
}

/** Returns how many of the arguments after the command are Posy's. */
function numberOfOwn({ words, rest }: PlacedArguments): number {
  const [first] = words;
  if (isStarter(words)) return ownArguments(rest, first === "tool").length;
  // All arguments of a command of the project are its own.
  if (first !== undefined && commandTable.commands[first] === undefined) return 0;
  const end = rest.indexOf("--");
  return end < 0 ? rest.length : end;
}
