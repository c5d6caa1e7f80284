import { relative } from "node:path";
import { openPosy } from "../../compose.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { openHome } from "../../system/home.ts";
import { parsePackageName } from "../../vocab/name.ts";
import type { BuildOptions } from "../options/build-options.ts";
import type { PythonOptions } from "../options/brief-options.ts";
import type { IndexOptions } from "../options/index-options.ts";
import { lockProject, writeLock } from "../project/lock-project.ts";
import { neededProject } from "../project/needed-project.ts";
import { openInputs } from "../settings/inputs.ts";
import { lockChanges, renderLockChanges } from "../ui/render-lock-changes.ts";
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
  const first = await neededProject({ ...others }, openInputs(environment, cwd));
  const envs = wanted ?? [...first.project.envs.keys()];
  const told: unknown[] = [];
  for (const env of envs) {
    const settings = await neededProject({ ...others, env }, openInputs(environment, cwd));
    settings.warnings.forEach((warning) => console.warn(warning));
    const { index, pythonIndexes, pythonMirror, lockPath, locked, project } = settings;
    const posy = await openPosy({
      home: openHome(environment),
      index,
      pythonIndexes,
      pythonMirror,
      reporter: console.reporter,
      environment,
      cwd,
    });
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
