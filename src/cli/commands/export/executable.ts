import { basename, resolve } from "node:path";
import {
  exportExecutable,
  type ExportExecutableOptions,
  exportPyz,
} from "../../../operations/ship/export-executable.ts";
import { formatSize } from "../../ui/format-size.ts";
import type { CommandContext } from "../command.ts";
import { reportRemoved } from "./removed.ts";

export type ExportExecutableCommandOptions = Omit<ExportExecutableOptions, "folder" | "app"> & {
  readonly app?: string;
  readonly output?: string;
  readonly pyz?: string;
};

/** `posy export --app`. */
export async function exportExecutableCommand(
  requirements: readonly string[],
  { output = ".", icon, app, ...options }: ExportExecutableCommandOptions & { readonly app: string },
  context: CommandContext,
): Promise<number> {
  const written = await exportExecutable(
    requirements,
    {
      ...options,
      app,
      folder: resolve(context.cwd, output),
      icon: icon === undefined ? undefined : resolve(context.cwd, icon),
    },
    context,
  );
  for (const { path, platform, size, removed } of written) {
    reportRemoved(removed, context);
    context.console.tell(`wrote \`${path}\` for ${platform}: ${formatSize(size)}\n`);
  }
  return 0;
}

/** `posy export --pyz`. The program has the name of the file, unless `--app` names it. */
export async function exportPyzCommand(
  requirements: readonly string[],
  { pyz, app, ...options }: ExportExecutableCommandOptions & { readonly pyz: string },
  context: CommandContext,
): Promise<number> {
  const name = app ?? basename(pyz).replace(/\.pyz$/i, "");
  const path = resolve(context.cwd, pyz);
  const { platform, size, removed } = await exportPyz(
    requirements,
    { ...options, pyz: path, app: name },
    context,
  );
  reportRemoved(removed, context);
  context.console.tell(`wrote \`${path}\` for ${platform}: ${formatSize(size)}\n`);
  return 0;
}
