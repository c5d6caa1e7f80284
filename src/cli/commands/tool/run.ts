import { PosyError } from "../../../errors/posy-error.ts";
import { findCommand } from "../../../operations/run/find-command.ts";
import { startCommand } from "../../../operations/run/start-command.ts";
import { startInEnv } from "../../../operations/run/start-in-env.ts";
import { programsOfPackage } from "../../../operations/tools/tool-programs.ts";
import { type ToolOptions, toolTarget } from "../../../operations/tools/tool-target.ts";
import { didYouMean } from "../../../text/index.ts";
import type { RunArguments } from "../../args/split-arguments.ts";
import { toolKey } from "../../warm-start/cached-tool.ts";
import { createCachedEnv } from "../../warm-start/create-cached-env.ts";
import type { CommandContext } from "../command.ts";

/** `posy tool run`, and `posyx`: creates the Env of a tool and replaces this process with a program of it. */
export async function toolRunCommand(
  options: ToolOptions,
  { own, command }: RunArguments,
  context: CommandContext,
): Promise<number> {
  const [word = "", ...args] = command;
  if (word === "") {
    throw new PosyError("usage", "the name of a tool is missing", {
      hint: "`posy tool run ruff check` runs `ruff check`; `posy tool list` shows the installed tools",
    });
  }
  const target = await toolTarget(word, options, context);
  const key = toolKey(own, word, context.environment);
  const makeEnv = async () => {
    const made = await createCachedEnv(target.options, key, { ...context, ...target.context });
    context.console.reporter.finish();
    return made;
  };
  const { program, packageName } = target;
  const { started } = await startInEnv(makeEnv, async (env) => {
    if (findCommand(program, env.scripts, {}).kind !== "found") {
      const programs = packageName === undefined ? [] : await programsOfPackage(packageName, env);
      throw noSuchProgram(program, packageName ?? options.from ?? word, programs);
    }
    return startCommand([program, ...args], env, context.environment);
  });
  if (typeof started === "number") return started;
  throw new PosyError("command-not-executable", `\`${program}\` is not executable`, {
    hint: "report this to the authors of the package",
  });
}

function noSuchProgram(program: string, source: string, programs: readonly string[]): PosyError {
  const message = `\`${source}\` has no program \`${program}\``;
  if (programs.length === 0) {
    return new PosyError("command-not-found", message, {
      hint: `it has none; if another package has it: \`posy tool run --from PACKAGE ${program}\``,
    });
  }
  const [near = programs[0]] = didYouMean(program, programs);
  const all = programs.map((each) => `\`${each}\``).join(", ");
  return new PosyError("command-not-found", message, {
    hint: `it has ${all}: \`posy tool run --from ${source} ${near}\``,
  });
}
