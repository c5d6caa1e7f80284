import { basename, resolve } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { isLockName } from "../../lockfile/index.ts";
import { type ExportOptions, exportPackages } from "../../operations/export/export-packages.ts";
import { type ExportFormat, exportFormats } from "../../operations/export/export-text.ts";
import { writeUserFile } from "../../system/fs/index.ts";
import { choose } from "../../text/index.ts";
import type { CommandContext } from "./command.ts";

export type ExportCommandOptions = Omit<ExportOptions, "format" | "output"> & {
  readonly format?: string;
  readonly output?: string;
};

/** uv's names of the formats. */
const otherNames: Readonly<Record<string, ExportFormat>> = {
  "requirements.txt": "requirements",
  "requirements-txt": "requirements",
  "pylock.toml": "pylock",
  "cyclonedx1.5": "cyclonedx",
};

/** `posy export`. */
export async function exportCommand(
  requirements: readonly string[],
  { format: typedFormat = "requirements", output: typedOutput, ...options }: ExportCommandOptions,
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
