import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import type { Env } from "../../forest/envs/index.ts";
import { isLockName } from "../../lockfile/index.ts";
import { describeCommand, readProject } from "../../project/index.ts";
import { didYouMean, visible } from "../../text/index.ts";
import { columns } from "../ui/columns.ts";
import { typedEnvFiles, withEnvFiles } from "../../operations/run/env-files.ts";
import { findCommand } from "../../operations/run/find-command.ts";
import type { RunArguments } from "../args/split-arguments.ts";
import { isPythonApp } from "../../operations/run/script/python-app.ts";
import { startCommand } from "../../operations/run/start-command.ts";
import { startInEnv } from "../../operations/run/start-in-env.ts";
import type { CommandContext } from "./command.ts";
import { programOf } from "../warm-start/cached-run.ts";
import { createCachedEnv } from "../warm-start/create-cached-env.ts";
import {
  type BriefOptions,
  type IndexOptions,
  type ProjectOptions,
  searchFolder,
} from "../../settings/index.ts";

export type RunOptions = BriefOptions &
  IndexOptions &
  Omit<ProjectOptions, "script"> & {
    readonly list?: true;
    readonly json?: true;
    readonly script?: true;
    readonly execute?: true;
  };

/**
 * `posy run`: runs the project's command of that name, or creates the Env and replaces this process with the program.
 */
export async function runCommand(
  options: RunOptions,
  { own, command, named }: RunArguments,
  context: CommandContext,
): Promise<number> {
  if (options.list) return listCommands(context, options.json === true);
  if (options.json) {
    throw new PosyError("usage", "`--json` is for `posy run --list`", {
      hint: "leave it out, or add `--list`",
    });
  }
  const [name = "", ...args] = command;
  const { script: isScript = false, execute = false, ...envOptions } = options;
  const script = isScriptLike(command, options)
    ? await import("../../operations/run/script/script-target.ts").then(({ scriptTarget }) =>
        scriptTarget(command, { isScript, execute }, envOptions, context),
      )
    : undefined;
  // A lock file given with `-r` describes the whole Env: the project is ignored.
  const hasBlock = script?.envFiles !== undefined;
  const ignoresProject =
    hasBlock || (options.noProject ?? options.withRequirements?.some(isLockName) ?? false);
  const project = ignoresProject ? undefined : await readProject(searchFolder(context));
  if (named && project?.commands.has(name)) {
    const [{ runProjectCommand }, { commandHooks }] = await Promise.all([
      import("../../operations/run/run-project-command.ts"),
      import("../warm-start/command-hooks.ts"),
    ]);
    return runProjectCommand(project, name, args, context, commandHooks(context.console), {
      options: envOptions,
      args: own,
    });
  }
  const typed = [...own, ...(script?.key ?? [])];
  const settingFiles = script?.envFiles ?? project?.settings.envFiles ?? [];
  const files = [...settingFiles, ...typedEnvFiles(own, context.cwd)];
  const makeEnv = async () => {
    const made = await createCachedEnv(script?.options ?? envOptions, typed, context);
    context.console.reporter.finish();
    return made;
  };
  const { env, started } = await startInEnv(makeEnv, async (made) => {
    const environment = await withEnvFiles(context.environment, files);
    const words = script?.command ?? (await programOf(command));
    // A program of this name comes first, as the folder of a package may have the name of its command.
    const isProgram = findCommand(words[0] ?? "", made.scripts, environment).kind === "found";
    const isApp = !isProgram && isPythonApp(resolve(context.cwd, name));
    return startCommand(isApp ? ["python", ...command] : words, made, environment);
  });
  if (started === "not-found") {
    const { hintForMissingCommand } = await import("../../operations/run/missing-command.ts");
    const commands = named ? (project?.commands.keys() ?? []) : [];
    const ofProject = project && (await hintForMissingCommand(name, options.env ?? "default", project));
    throw notFound(name, { programs: programsOf(env), commands: [...commands] }, options, ofProject);
  }
  if (typeof started === "object") {
    throw new PosyError("command-not-executable", `\`${started.notExecutable}\` is not executable`, {
      hint: `run \`chmod +x\` on it, or run it with its interpreter: \`posy run -- sh ${name}\``,
    });
  }
  return started;
}

/** Whether `scriptTarget` has to look at a command. Most commands do not load it. */
function isScriptLike([name = ""]: readonly string[], { script, execute }: RunOptions): boolean {
  return script === true || execute === true || name === "-" || /\.(pyw?|ipynb)$|[\\/]/i.test(name);
}

/** Prints the commands of the project with their descriptions. */
async function listCommands(context: CommandContext, json: boolean): Promise<number> {
  const { console } = context;
  const project = await readProject(searchFolder(context));
  const commands = [...(project?.commands.values() ?? [])].map((command) => ({
    name: command.name,
    description: describeCommand(command),
  }));
  if (json) console.print(`${JSON.stringify(commands, undefined, 2)}\n`);
  else if (commands.length > 0) {
    console.print(columns(commands.map(({ name, description }) => [name, visible(description)])));
  } else {
    console.tell("there are no commands: `[tool.posy.commands]` of a `pyproject.toml` defines them\n");
  }
  return 0;
}

/**
 * `available` are the programs of the Env and the commands of the project. `ofProject` is the hint if another list of
 * the project has the command.
 */
function notFound(
  name: string,
  available: { readonly programs: readonly string[]; readonly commands: readonly string[] },
  options: BriefOptions,
  ofProject: string | undefined,
): PosyError {
  const [similar] = didYouMean(name, [...available.programs, ...available.commands]);
  const hasPackages = [...(options.with ?? []), ...(options.withRequirements ?? [])].length > 0;
  const programs = available.programs.filter((program) => !/^(python|pydoc|idle|2to3|pip)/.test(program));
  const hint = /[\\/]|\.pyz?$|^$/.test(name)
    ? "check the path"
    : ofProject !== undefined
      ? ofProject
      : similar !== undefined
        ? `did you mean \`${similar}\`?`
        : hasPackages && programs.length > 0
          ? `the packages have ${listed(programs)}; \`--with\` adds the package that \`${name}\` comes from`
          : `\`posy run --with ${name} -- ${name}\` runs it if its package has the same name`;
  return new PosyError(
    "command-not-found",
    `there is no command \`${name}\` in the environment or on the PATH`,
    {
      hint,
    },
  );
}

/** Returns the names of the programs of an Env, without the scripts that a shell reads to activate it. */
function programsOf(env: Env): readonly string[] {
  try {
    return readdirSync(env.scripts)
      .filter((name) => !/^(de)?activate\b/i.test(name))
      .sort();
  } catch {
    return [];
  }
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 6).map((name) => `\`${name}\``);
  return shown.join(", ") + (names.length > shown.length ? ` and ${names.length - shown.length} more` : "");
}
