import { relative } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { parsePackageName } from "../../vocab/name.ts";
import type { BuildOptions } from "../options/build-options.ts";
import type { PythonOptions } from "../options/brief-options.ts";
import type { IndexOptions } from "../options/index-options.ts";
import { lockProject, writeLock } from "../project/lock-project.ts";
import { neededProject } from "../project/needed-project.ts";
import { settingsOfProject } from "../project/project-settings.ts";
import { openInputs } from "../settings/inputs.ts";
import { lockChanges, renderLockChanges } from "../ui/render-lock-changes.ts";
import { openPosyFor } from "../settings/open-posy-for.ts";
import type { Surroundings } from "./command.ts";

export type LockCommandOptions = PythonOptions &
  BuildOptions &
  IndexOptions & {
    readonly env?: readonly string[];
    readonly upgrade?: true;
    readonly upgradePackage?: readonly string[];
    readonly check?: true;
    readonly json?: true;
  };

/** `posy lock`: a lock file for each environment of the project, for all of its platforms. */
export async function lockCommand(
  options: LockCommandOptions,
  { console, environment, cwd }: Surroundings,
): Promise<number> {
  const { env: wanted, ...others } = options;
  const { project } = await neededProject(others, openInputs(environment, cwd));
  const envs = wanted ?? [...project.envs.keys()];
  const told: unknown[] = [];
  for (const env of envs) {
    const settings = await settingsOfProject(project, { ...others, env }, openInputs(environment, cwd));
    settings.warnings.forEach((warning) => console.warn(warning));
    const { lockPath, locked } = settings;
    const posy = await openPosyFor(settings, { console, environment, cwd });
    try {
      const packages = options.upgradePackage?.map(parsePackageName);
      const upgrade = options.upgrade ?? (packages === undefined ? false : new Set(packages));
      const job = { brief: locked, path: lockPath, folder: project.folder, upgrade };
      const outcome = await lockProject(job, posy);
      const shown = relative(cwd, lockPath) || lockPath;
      if (options.check && !outcome.fresh) {
        throw new PosyError("lock-mismatch", `\`${shown}\` is not what \`pyproject.toml\` asks for`, {
          hint: "`posy lock` brings it up to date",
        });
      }
      await writeLock(job, outcome);
      const changes = lockChanges(outcome);
      told.push({ env, path: lockPath, changed: !outcome.fresh, changes });
      if (!options.json) {
        console.reporter.finish();
        console.print(renderLockChanges(shown, outcome, changes));
      }
    } finally {
      await posy.close();
    }
  }
  console.reporter.finish();
  if (options.json) console.print(`${JSON.stringify(told, undefined, 2)}\n`);
  return 0;
}
