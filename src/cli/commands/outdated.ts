import { outdated } from "../../operations/outdated.ts";
import { openProject, type SessionOptions } from "../../operations/project-session.ts";
import { normalizeName } from "../../vocab/requirement/index.ts";
import { renderOutdated } from "../ui/render-outdated.ts";
import type { CommandContext } from "./command.ts";

export type OutdatedCommandOptions = SessionOptions & {
  readonly env?: readonly string[];
  readonly all?: true;
  readonly exitCode?: true;
  readonly json?: true;
};

/** `posy outdated`. */
export async function outdatedCommand(
  names: readonly string[],
  { env: envs, all, exitCode, json, ...options }: OutdatedCommandOptions,
  context: CommandContext,
): Promise<number> {
  const { console } = context;
  await using project = await openProject(options, context);
  const rows = await outdated(project, names, { envs });
  console.reporter.finish();
  const asked = new Set(names.map(normalizeName));
  const shown = rows.filter(({ name, requested }) => (asked.size > 0 ? asked.has(name) : requested || all));
  if (json) console.print(`${JSON.stringify(shown, undefined, 2)}\n`);
  else if (shown.length > 0) console.print(renderOutdated(shown));
  if (shown.length === 0)
    console.tell(asked.size > 0 ? "none of these packages is outdated\n" : "no package is outdated\n");
  const hidden = asked.size > 0 ? 0 : rows.length - shown.length;
  if (hidden > 0) {
    console.tell(
      `${hidden} indirect ${hidden === 1 ? "dependency is" : "dependencies are"} outdated, too: \`--all\` lists them\n`,
    );
  }
  return exitCode && shown.length > 0 ? 1 : 0;
}
