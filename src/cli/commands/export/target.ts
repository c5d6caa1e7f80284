import type { CommandContext } from "../command.ts";
import { exportFolderCommand, type ExportFolderCommandOptions } from "./folder.ts";
import { refuseOptions } from "./refuse-options.ts";

/** Options of other outputs, and of files that packages alone don't have. */
export type ExportTargetCommandOptions = ExportFolderCommandOptions & {
  readonly app?: string | undefined;
  readonly pyz?: string | undefined;
  readonly icon?: string | undefined;
  readonly windowed?: true | undefined;
};

/** `posy export --target`: only the packages, in a folder or a zip. */
export async function exportTargetCommand(
  requirements: readonly string[],
  target: string,
  options: ExportTargetCommandOptions,
  context: CommandContext,
): Promise<number> {
  const { dir, tar, zip, app, pyz, icon, windowed, pythonOnly, ...others } = options;
  refuseOptions(
    {
      "--dir": dir,
      "--tar": tar,
      "--zip": zip,
      "--app": app,
      "--pyz": pyz,
      "--icon": icon,
      "--windowed": windowed,
      "--python-only": pythonOnly,
    },
    "can't be combined with `--target`, which has no interpreter",
    "export twice; for a zip, give `--target` a name that ends with `.zip`",
  );
  const output = /\.zip$/i.test(target) ? { zip: target } : { dir: target };
  return exportFolderCommand(requirements, { ...others, ...output, packagesOnly: true }, context);
}
