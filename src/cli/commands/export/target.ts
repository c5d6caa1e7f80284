import { PosyError } from "../../../errors/posy-error.ts";
import type { CommandContext } from "../command.ts";
import { exportFolderCommand, type ExportFolderCommandOptions } from "./folder.ts";

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
  const typed = Object.entries({
    "--dir": dir,
    "--tar": tar,
    "--zip": zip,
    "--app": app,
    "--pyz": pyz,
    "--icon": icon,
    "--windowed": windowed,
    "--python-only": pythonOnly,
  }).find(([, value]) => value !== undefined);
  if (typed !== undefined) {
    throw new PosyError(
      "usage",
      `\`${typed[0]}\` can't be combined with \`--target\`, which has no interpreter`,
      {
        hint: "export twice; for a zip, give `--target` a name that ends with `.zip`",
      },
    );
  }
  const output = /\.zip$/i.test(target) ? { zip: target } : { dir: target };
  return exportFolderCommand(requirements, { ...others, ...output, packagesOnly: true }, context);
}
