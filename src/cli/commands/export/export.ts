import { basename, resolve } from "node:path";
import { PosyError } from "../../../errors/posy-error.ts";
import { isLockName } from "../../../lockfile/index.ts";
import { type ExportOptions, exportPackages } from "../../../operations/export/export-packages.ts";
import { type ExportFormat, exportFormats } from "../../../operations/export/export-text.ts";
import { writeUserFile } from "../../../system/fs/index.ts";
import { choose } from "../../../text/index.ts";
import type { CommandContext } from "../command.ts";
import type { ExportExecutableCommandOptions } from "./executable.ts";
import type { ExportFolderCommandOptions } from "./folder.ts";
import type { ExportImageCommandOptions } from "./image.ts";
import { refuseOptions } from "./refuse-options.ts";

type TextCommandOptions = Omit<ExportOptions, "format" | "output"> & {
  readonly format?: string;
  readonly output?: string;
};

export type ExportCommandOptions = TextCommandOptions &
  ExportFolderCommandOptions &
  ExportExecutableCommandOptions &
  ExportImageCommandOptions & { readonly verify?: string; readonly target?: string };

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
    const { exportVerifyCommand } = await import("./verify.ts");
    return exportVerifyCommand(verify, context);
  }
  const { oci, push, dockerfile } = options;
  if (oci !== undefined || push !== undefined || dockerfile !== undefined) {
    refuseTextOptions(options);
    refuseOtherOutputs(options);
    const { exportDockerfileCommand, exportImageCommand } = await import("./image.ts");
    return dockerfile === undefined
      ? exportImageCommand(requirements, options, context)
      : exportDockerfileCommand(requirements, { ...options, dockerfile }, context);
  }
  refuseImageOptions(options);
  if (target !== undefined) {
    refuseTextOptions(options);
    const { exportTargetCommand } = await import("./target.ts");
    return exportTargetCommand(requirements, target, options, context);
  }
  const hasFolder = [dir, tar, zip].some((output) => output !== undefined);
  if (pyz !== undefined && !hasFolder) {
    refuseTextOptions(options);
    const { exportPyzCommand } = await import("./executable.ts");
    return exportPyzCommand(requirements, { ...options, pyz }, context);
  }
  if (app !== undefined && !hasFolder) {
    const { output: _folder, ...others } = options;
    refuseTextOptions(others);
    const { exportExecutableCommand } = await import("./executable.ts");
    return exportExecutableCommand(requirements, { ...options, app }, context);
  }
  if (hasFolder) {
    refuseTextOptions(options);
    const ofFolders = "can't be combined with `--dir`, `--tar` and `--zip`";
    refuseOptions({ "--app": app, "--pyz": pyz }, ofFolders, "export twice");
    const { exportFolderCommand } = await import("./folder.ts");
    return exportFolderCommand(requirements, options, context);
  }
  refuseApplicationOptions(options);
  return exportText(requirements, options, context);
}

/** Throws `usage` for another output than an image, and for options that do not affect an image. */
function refuseOtherOutputs(options: ExportCommandOptions): void {
  const { dir, target, tar, zip, pyz, icon, windowed, copy, hardlink, oci, push, platform } = options;
  const isDockerfile = options.dockerfile !== undefined;
  const output = isDockerfile ? "--dockerfile" : oci === undefined ? "--push" : "--oci";
  refuseOptions(
    {
      ...(isDockerfile
        ? { "--oci": oci, "--push": push, "--platform": platform }
        : { "--build-base": options.buildBase }),
      "--target": target,
      "--dir": dir,
      "--tar": tar,
      "--zip": zip,
      "--pyz": pyz,
      "--icon": icon,
      "--windowed": windowed,
      "--copy": copy,
      "--hardlink": hardlink,
    },
    `can't be combined with \`${output}\``,
    "leave it out, or export twice",
  );
}

/** Throws `usage` for options of an image if no image is to be written. */
function refuseImageOptions(options: ExportCommandOptions): void {
  refuseOptions(
    {
      "--base": options.base,
      "--build-base": options.buildBase,
      "--image-tag": options.imageTag,
      "--image-user": options.imageUser,
      "--image-workdir": options.imageWorkdir,
      "--image-label": options.imageLabel,
      "--image-env": options.imageEnv,
      "--image-port": options.imagePort,
      "--image-cmd": options.imageCmd,
      "--image-healthcheck": options.imageHealthcheck,
    },
    "is for a container image",
    "say where to write it, with `--oci`, `--push` or `--dockerfile`",
  );
}

function refuseTextOptions(options: TextCommandOptions): void {
  const { format, output, hashes, annotate, emitIndexUrl } = options;
  const negated = (value: boolean) => (value ? undefined : true);
  refuseOptions(
    {
      "--format": format,
      "--output": output,
      "--no-hashes": negated(hashes),
      "--no-annotate": negated(annotate),
      [emitIndexUrl === false ? "--no-emit-index-url" : "--emit-index-url"]: emitIndexUrl,
      "--no-emit-project": options.noEmitProject,
      "--no-emit-package": options.noEmitPackage,
    },
    "is for texts, and an application is to be written",
    "leave it out, or export twice",
  );
}

function refuseApplicationOptions(options: ExportCommandOptions): void {
  refuseOptions(
    {
      "--entry-point": options.entryPoint,
      "--python-only": options.pythonOnly,
      "--strip": options.strip,
      "--compile": options.compile,
      "--copy": options.copy,
      "--hardlink": options.hardlink,
      "--force": options.force,
      "--icon": options.icon,
      "--windowed": options.windowed,
    },
    "is for an application",
    "say where to write it, with `--dir`, `--target`, `--tar`, `--zip`, `--app` or `--oci`",
  );
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
