import { join, resolve } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { requiresPython, withoutEnvLinks } from "../../project/index.ts";
import { exists } from "../../system/fs/index.ts";
import {
  type BriefOptions,
  type BuildOptions,
  type IndexOptions,
  openInputs,
  openPosyFor,
  readSettings,
  searchFolder,
} from "../../settings/index.ts";
import type { CommandContext } from "./command.ts";

export type BuildCommandOptions = BriefOptions &
  BuildOptions &
  IndexOptions & {
    readonly sdist?: true;
    readonly wheel?: true;
    readonly output?: string;
    readonly json?: true;
  };

/** `posy build`: builds the source distribution of a project, and the wheel from it. Prints their paths. */
export async function buildCommand(
  path: string | undefined,
  options: BuildCommandOptions,
  context: CommandContext,
): Promise<number> {
  const { console, cwd } = context;
  const inputs = openInputs(context);
  const settings = await readSettings(options, [], inputs);
  const { brief } = settings;
  settings.warnings.forEach((warning) => console.warn(warning));
  const project = resolve(path === undefined ? searchFolder(context) : cwd, path ?? ".");
  const posy = await openPosyFor(settings, context);
  try {
    const request = brief.python ?? ((await requiresPython(project))?.specifier.text || undefined);
    const [python] = await posy.interpreters(request, posy.machine.platform);
    if (python === undefined) {
      throw new PosyError("no-interpreter", `there is no Python for \`${request ?? "any"}\` to build with`, {
        hint: "`posy python list` lists the available Pythons",
      });
    }
    const isArchive = (await exists(project)) && /\.(gz|tgz|zip|bz2|xz|tar)$/i.test(project);
    const folder = isArchive ? join(project, "..") : join(project, "dist");
    const job = {
      path: project,
      what: options.sdist === options.wheel ? "both" : options.sdist ? "sdist" : "wheel",
      output: options.output === undefined ? folder : resolve(cwd, options.output),
      python,
      settings: brief.builds.settings,
    } as const;
    const paths = await withoutEnvLinks(project, () => posy.buildProject(job, brief));
    console.reporter.finish();
    console.print(
      options.json ? `${JSON.stringify(paths, undefined, 2)}\n` : paths.map((built) => `${built}\n`).join(""),
    );
    return 0;
  } finally {
    await posy.close();
  }
}
