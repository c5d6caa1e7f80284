import { PosyError } from "../../errors/posy-error.ts";
import { type LockedEnv, type Outdated, outdatedIn } from "../../operations/outdated/outdated.ts";
import type { Posy } from "../../posy.ts";
import { normalizeName } from "../../vocab/requirement/name.ts";
import { didYouMean } from "../../text/did-you-mean.ts";
import type { ProjectChangeOptions } from "../../operations/change-project.ts";
import { frozenLock, resolveProject } from "../../operations/lock-project.ts";
import { requireProject } from "../../operations/require-project.ts";
import { settingsOfProject } from "../../operations/project-settings.ts";
import { openInputs } from "../../settings/inputs.ts";
import { openPosyFor } from "../../settings/open-posy-for.ts";
import { renderOutdated } from "../ui/render-outdated.ts";
import type { CommandContext } from "./command.ts";

export type OutdatedOptions = ProjectChangeOptions & {
  readonly env?: readonly string[];
  readonly all?: true;
  readonly exitCode?: true;
};

/** `posy outdated`: what is locked that there is something newer of, what an upgrade would take, and why not the newest. */
export async function outdatedCommand(
  names: readonly string[],
  options: OutdatedOptions,
  context: CommandContext,
): Promise<number> {
  const { console, environment, cwd } = context;
  const { env: wanted, all, exitCode, ...others } = options;
  const { project } = await requireProject(others, openInputs(environment, cwd));
  const envs: LockedEnv[] = [];
  const opened: Posy[] = [];
  let rows: readonly Outdated[];
  try {
    for (const env of wanted ?? project.envs.keys()) {
      const settings = await settingsOfProject(project, { ...others, env }, openInputs(environment, cwd));
      settings.warnings.forEach((warning) => console.warn(warning));
      const { locked, lockPath: path } = settings;
      const { prefer, prerelease, builds } = settings.brief;
      const brief = { ...locked, prefer, prerelease, builds };
      const before = await frozenLock(path);
      const posy = await openPosyFor(settings, context);
      opened.push(posy);
      const job = { brief, path, folder: project.folder, upgrade: true };
      const { blueprint: after } = await resolveProject(job, posy);
      envs.push({ env, brief, before, after, db: posy.db, machine: posy.machine });
    }
    checkNames(names, envs);
    rows = await outdatedIn(envs);
  } finally {
    for (const posy of opened) await posy.close();
  }
  console.reporter.finish();
  const asked = new Set(names.map(normalizeName));
  const shown = rows.filter(({ name, requested }) => (asked.size > 0 ? asked.has(name) : requested || all));
  if (options.json) console.print(`${JSON.stringify(shown, undefined, 2)}\n`);
  else if (shown.length > 0) console.print(renderOutdated(shown));
  if (shown.length === 0) console.tell(`nothing ${asked.size > 0 ? "of it " : ""}is behind\n`);
  const hidden = asked.size > 0 ? 0 : rows.length - shown.length;
  if (hidden > 0) {
    console.tell(
      `${hidden} more that came with others ${hidden === 1 ? "is" : "are"} behind: \`--all\` shows them\n`,
    );
  }
  return exitCode && shown.length > 0 ? 1 : 0;
}

function checkNames(names: readonly string[], envs: readonly LockedEnv[]): void {
  const pins = envs.flatMap(({ before }) => before.targets.flatMap(({ packages }) => packages));
  const locked = new Set(["python", ...pins.map(({ name }) => name)]);
  for (const typed of names) {
    const name = normalizeName(typed);
    if (locked.has(name)) continue;
    const [near] = didYouMean(name, [...locked]);
    throw new PosyError("not-found", `\`${typed}\` is not among the packages that are locked`, {
      hint: near === undefined ? "`posy tree` shows them" : `did you mean \`${near}\`?`,
    });
  }
}
