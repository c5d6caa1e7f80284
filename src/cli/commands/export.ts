import { basename, resolve } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { isLockName } from "../../lockfile/index.ts";
import { type ExportOptions, exportPackages } from "../../operations/export/export-packages.ts";
import { type ExportFormat, exportFormats } from "../../operations/export/export-text.ts";
import { writeUserFile } from "../../system/fs/index.ts";
import { choose } from "../../text/index.ts";
import type { CommandContext } from "./command.ts";
import type { ExportExecutableCommandOptions } from "./export-executable.ts";
import type { ExportFolderCommandOptions } from "./export-folder.ts";

type TextCommandOptions = Omit<ExportOptions, "format" | "output"> & {
  readonly format?: string;
  readonly output?: string;
};

export type ExportCommandOptions = TextCommandOptions &
  ExportFolderCommandOptions &
  ExportExecutableCommandOptions & { readonly verify?: string; readonly target?: string };

/** uv's names of the formats. */
const otherNames: Readonly<Record<string, ExportFormat>> = {
  "requirements.txt": "requirements",
  "requirements-txt": "requirements",
  "pylock.toml": "pylock",
  "cyclonedx1.5": "cyclonedx",
};

/** `posy export`: an application if one of its outputs is named, else a text for other tools. */
export async function exportCommand(
  requirements: readonly string[],
  options: ExportCommandOptions,
  context: CommandContext,
): Promise<number> {
  const { verify, target, dir, tar, zip, app, pyz } = options;
  if (verify !== undefined) {
    const { exportVerifyCommand } = await import("./export-verify.ts");
    return exportVerifyCommand(verify, context);
  }
  if (target !== undefined) {
    refuseTextOptions(options);
    const { exportTargetCommand } = await import("./export-target.ts");
    return exportTargetCommand(requirements, target, options, context);
  }
  const hasFolder = [dir, tar, zip].some((output) => output !== undefined);
  if (pyz !== undefined && !hasFolder) {
    refuseTextOptions(options);
    const { exportPyzCommand } = await import("./export-executable.ts");
    return exportPyzCommand(requirements, { ...options, pyz }, context);
  }
  if (app !== undefined && !hasFolder) {
    const { output: _folder, ...others } = options;
    refuseTextOptions(others);
    const { exportExecutableCommand } = await import("./export-executable.ts");
    return exportExecutableCommand(requirements, { ...options, app }, context);
  }
  if (app !== undefined || pyz !== undefined) {
    throw new PosyError(
      "usage",
      `\`${app === undefined ? "--pyz" : "--app"}\` can't be combined with \`--dir\`, \`--tar\` and \`--zip\``,
      {
        hint: "export twice",
      },
    );
  }
  if (hasFolder) {
    refuseTextOptions(options);
    const { exportFolderCommand } = await import("./export-folder.ts");
    return exportFolderCommand(requirements, options, context);
  }
  refuseApplicationOptions(options);
  return exportText(requirements, options, context);
}

function refuseTextOptions({ format, output }: TextCommandOptions): void {
  const typed = format !== undefined ? "--format" : output !== undefined ? "--output" : undefined;
  if (typed === undefined) return;
  throw new PosyError("usage", `\`${typed}\` is for texts, and an application is to be written`, {
    hint: "leave it out, or export twice",
  });
}

function refuseApplicationOptions(options: ExportCommandOptions): void {
  const { entryPoint, pythonOnly, strip, compile, copy, hardlink, force, icon, windowed } = options;
  const typed = Object.entries({
    "--entry-point": entryPoint,
    "--python-only": pythonOnly,
    "--strip": strip,
    "--compile": compile,
    "--copy": copy,
    "--hardlink": hardlink,
    "--force": force,
    "--icon": icon,
    "--windowed": windowed,
  }).find(([, value]) => value !== undefined);
  if (typed === undefined) return;
  throw new PosyError("usage", `\`${typed[0]}\` is for an application`, {
    hint: "say where to write it, with `--dir`, `--target`, `--tar`, `--zip` or `--app`",
  });
}

/** Writes the lock or resolved requirements as a text. */
async function exportText(
  requirements: readonly string[],
  { format: typedFormat = "requirements", output: typedOutput, ...options }: TextCommandOptions,
  context: CommandContext,
): Promise<number> {
  const output = typedOutput === undefined ? undefined : resolve(context.cwd, typedOutput);
  const format = otherNames[typedFormat] ?? choose("--format", typedFormat, exportFormats);
  if (format === "pylock" && output !== undefined) checkLockName(output);
  const text = await exportPackages(requirements, { ...options, format, output }, context);
  if (output === undefined) context.console.print(text);
  else await writeUserFile(output, text);
  return 0;
}

/** Throws `usage` unless other tools would recognize the file by its name (PEP 751). */
function checkLockName(path: string): void {
  if (isLockName(path)) return;
  throw new PosyError("usage", `\`${basename(path)}\` is not a valid name for a lock file`, {
    hint: "name it `pylock.toml` or `pylock.NAME.toml`, where the name has no dots (PEP 751)",
  });
}
