import { resolve } from "node:path";
import { quote } from "../../../text/index.ts";
import {
  entriesAt,
  flagAt,
  keyIn,
  keyPath,
  knownTable,
  listAt,
  nonEmptyTextsAt,
  suggestNames,
  parsedAt,
  refuseKey,
  textAt,
  type TomlTable,
} from "../../../toml/index.ts";
import { parseEnvName } from "../group-name.ts";
import { refuseCycles } from "./command-cycles.ts";
import { splitCommand, wordOf } from "./command-words.ts";
import type { CommandStep, CommandWord, CommandAction, ProjectCommand } from "./project-command.ts";
import type { EnvName } from "../project.ts";
import { pythonsAt } from "../read-envs.ts";
import type { ReadContext } from "../read-requirements.ts";
import { envFilesAt } from "../read-posy-settings.ts";

const stepKeys = [
  "run",
  "all",
  "env",
  "cwd",
  "variables",
  "env-file",
  "depends-on",
  "parallel",
  "python",
] as const;

interface Reading extends ReadContext {
  readonly envs: ReadonlySet<EnvName>;
  /** The names of all commands. */
  readonly names: readonly string[];
  /** The name of the command that is read. In its steps, this name means the program, not the command. */
  readonly commandName: string;
}

/** Reads `[tool.posy.commands]`. Throws `invalid-project`. */
export function readCommands(
  value: unknown,
  envs: ReadonlySet<EnvName>,
  context: ReadContext,
): ReadonlyMap<string, ProjectCommand> {
  const table = "tool.posy.commands";
  const names = [...entriesAt(value ?? {}, table, () => undefined).keys()];
  const commands = entriesAt(value ?? {}, table, (item, key, name) => {
    if (!/^\w[\w.:-]*$/.test(name)) {
      throw refuseKey(key, "is not a valid name of a command", {
        hint: "a name has letters, digits, `-`, `_`, `.` and `:`, and begins with a letter, a digit or `_`",
      });
    }
    return commandOf(item, key, { ...context, envs, names, commandName: name });
  });
  refuseCycles(commands);
  return commands;
}

function commandOf(value: unknown, key: string, reading: Reading): ProjectCommand {
  const { commandName: name } = reading;
  if (Array.isArray(value)) {
    throw refuseKey(key, "is a list, and it is not clear of what", {
      hint: 'write steps as `{ all = ["…", "…"] }`, and the words of one command as `{ run = ["…", "…"] }`',
    });
  }
  if (typeof value === "string") return { name, ...stepOf(value, key, reading, false) };
  const { description, ...rest } = knownTable(value, key, [...stepKeys, "description"], "a command");
  return {
    name,
    ...(description === undefined ? {} : { description: textAt(description, `${key}.description`) }),
    ...stepOf(rest, key, reading, false),
  };
}

/** Reads a command or a step. A step may name another command; a command itself always runs a program. */
function stepOf(value: unknown, key: string, reading: Reading, isStep: boolean): CommandStep {
  const table: TomlTable =
    typeof value === "string" ? { run: value } : knownTable(value, key, stepKeys, "a step of a command");
  const runKey = typeof value === "string" ? key : `${key}.run`;
  const dependsOn = dependenciesOf(table, key, reading);
  const action = readAction(table, key, runKey, reading, isStep, dependsOn.length > 0);
  const { env, cwd, python } = table;
  const parallel = table["parallel"] !== undefined && flagAt(table["parallel"], `${key}.parallel`);
  if (parallel && action.kind !== "all" && dependsOn.length < 2) {
    throw refuseKey(`${key}.parallel`, "has no effect on a single program", {
      hint: "it is for the steps of `all`, and for several in `depends-on`",
    });
  }
  const pythons = pythonsAt(table, key, reading.document) ?? [];
  return {
    line: reading.document.lineOf(keyPath(key)),
    action,
    variables: entriesAt(table["variables"] ?? {}, `${key}.variables`, variableAt),
    envFiles: envFilesAt(table, key, reading),
    dependsOn,
    parallel,
    pythons,
    matrix: Array.isArray(python),
    ...(env === undefined ? {} : { env: envAt(env, `${key}.env`, reading) }),
    ...(cwd === undefined ? {} : { cwd: resolve(reading.folder, textAt(cwd, `${key}.cwd`)) }),
  };
}

function readAction(
  table: TomlTable,
  key: string,
  runKey: string,
  reading: Reading,
  isStep: boolean,
  hasDependencies: boolean,
): CommandAction {
  const { run, all } = table;
  if (run !== undefined && all !== undefined) {
    throw refuseKey(key, "has both `run` and `all`", { hint: "put what is in `run` into `all`, as a step" });
  }
  if (all !== undefined) {
    const steps = listAt(all, `${key}.all`, (item, itemKey) => stepOf(item, itemKey, reading, true));
    if (steps.length === 0) throw refuseKey(`${key}.all`, "is empty");
    return { kind: "all", steps };
  }
  if (run === undefined) {
    if (hasDependencies) return { kind: "nothing" };
    throw refuseKey(key, "does nothing", { hint: "it needs `run`, `all` or `depends-on`" });
  }
  const words: readonly CommandWord[] = Array.isArray(run)
    ? nonEmptyTextsAt(run, runKey).map(wordOf)
    : parsedAt(run, runKey, splitCommand);
  const [first, ...rest] = words;
  if (first === undefined) throw refuseKey(runKey, "is empty");
  const isCommand =
    isStep &&
    first.kind === "text" &&
    first.text !== reading.commandName &&
    reading.names.includes(first.text);
  return isCommand ? { kind: "command", name: first.text, words: rest } : { kind: "run", words };
}

function dependenciesOf(table: TomlTable, key: string, { names }: Reading): readonly string[] {
  const value = table["depends-on"];
  if (value === undefined) return [];
  const itemsKey = `${key}.depends-on`;
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return items.map((item, index) => {
    const itemKey = Array.isArray(value) ? `${itemsKey}[${index}]` : itemsKey;
    const name = textAt(item, itemKey);
    if (names.includes(name)) return name;
    throw refuseKey(itemKey, `names the command ${quote(name)}, and there is none`, {
      hint: suggestNames(name, names),
    });
  });
}

function envAt(value: unknown, key: string, { envs }: Reading): EnvName {
  const name = parsedAt(value, key, parseEnvName);
  if (envs.has(name)) return name;
  throw refuseKey(key, `names the environment ${quote(name)}, and there is none`, {
    hint: `${suggestNames(name, [...envs])}; \`[tool.posy.envs.${name}]\` makes one`,
  });
}

function variableAt(value: unknown, key: string, name: string): string {
  if (!/^[^=\0]+$/.test(name)) throw refuseKey(keyIn(key, name), "is not a valid name of a variable");
  if (typeof value === "string") return value;
  throw refuseKey(key, "must be a text, as variables are", {
    hint: `write it in quotes: \`${name} = "${String(value)}"\``,
  });
}
