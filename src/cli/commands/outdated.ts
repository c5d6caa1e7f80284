import { outdated } from "../../operations/outdated.ts";
import { openProject, type SessionOptions } from "../../operations/session/project-session.ts";
import { renderOutdated } from "../ui/render-outdated.ts";
import type { CommandContext } from "./command.ts";

export type OutdatedCommandOptions = SessionOptions & {
  readonly env?: readonly string[];
  readonly all?: true;
  readonly exitCode?: true;
  readonly locked?: true;
  readonly json?: true;
};

/** `posy outdated`. */
export async function outdatedCommand(
  names: readonly string[],
  { env: envs, all, exitCode, locked, json, ...options }: OutdatedCommandOptions,
  context: CommandContext,
): Promise<number> {
  const { console } = context;
  await using project = await openProject(options, context);
  const rows = await outdated(project, names, { envs, locked: locked === true });
  console.reporter.finish();
  const shown = rows.filter(({ requested }) => names.length > 0 || requested || all);
  if (json) console.print(`${JSON.stringify(shown, undefined, 2)}\n`);
  else if (shown.length > 0) console.print(renderOutdated(shown));
  if (shown.length === 0)
    console.tell(names.length > 0 ? "none of these packages is outdated\n" : "no package is outdated\n");
  const hidden = rows.length - shown.length;
  if (hidden > 0) {
    const [dependencies, them] = hidden === 1 ? ["dependency is", "it"] : ["dependencies are", "them"];
    console.tell(`${hidden} indirect ${dependencies} outdated, too: \`--all\` lists ${them}\n`);
  }
  return exitCode && shown.length > 0 ? 1 : 0;
}
