import { dirname, resolve } from "node:path";
import { openPosy } from "../../compose.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { lockOfBlueprint } from "../../project/pylock/lock-of-blueprint.ts";
import { asPosyError, writeAtomic } from "../../system/files.ts";
import { openHome } from "../../system/home.ts";
import { type ExportFormat, exportFormats, exportText } from "../export-text.ts";
import type { BriefOptions, TargetOptions } from "../options/brief-options.ts";
import type { IndexOptions } from "../options/index-options.ts";
import { choose } from "../settings/choose.ts";
import { checkHashesOf } from "../settings/hash-mode.ts";
import { openInputs } from "../settings/inputs.ts";
import { readSettings } from "../settings/read-settings.ts";
import type { Surroundings } from "./command.ts";

export type ExportOptions = BriefOptions &
  TargetOptions &
  IndexOptions & {
    readonly requirements?: readonly string[];
    readonly format?: string;
    readonly output?: string;
    /** False with `--no-hashes`. */
    readonly hashes: boolean;
  };

/** `posy export`: resolves, and writes the answer for other tools. Nothing is installed. */
export async function exportCommand(
  typed: readonly string[],
  options: ExportOptions,
  { console, environment, cwd }: Surroundings,
): Promise<number> {
  const files = options.requirements ?? [];
  if (typed.length + files.length === 0) {
    throw new PosyError("usage", "`posy export` needs something to export", {
      hint: "name requirements, or a file with them: `posy export numpy`, `posy export -r requirements.in`",
    });
  }
  const output = options.output === undefined ? undefined : resolve(cwd, options.output);
  const format: ExportFormat = choose("--format", options.format ?? "requirements", exportFormats);
  if (format === "pylock" && output !== undefined) checkLockName(output);
  const inputs = openInputs(environment, cwd);
  const settings = await readSettings(
    { ...options, withRequirements: files },
    typed.map((text) => [text, ""] as const),
    inputs,
  );
  settings.warnings.forEach((warning) => console.warn(warning));
  const { brief, index, pythonIndexes, pythonMirror, requireHashes } = settings;
  const home = openHome(environment);
  const { reporter } = console;
  const posy = await openPosy({ home, index, pythonIndexes, pythonMirror, reporter, environment, cwd });
  try {
    const blueprint = await posy.resolve(brief);
    if (requireHashes) checkHashesOf(blueprint, brief.requirements);
    const folder = output === undefined ? cwd : dirname(output);
    const lock = await lockOfBlueprint(blueprint, { folder, db: posy.db });
    const text = await exportText(format, lock, blueprint, { folder, hashes: options.hashes, db: posy.db });
    if (output === undefined) console.print(text);
    else await writeTo(output, text);
  } finally {
    await posy.close();
  }
  return 0;
}

/** Other tools look for lock files by their names (PEP 751). */
function checkLockName(path: string): void {
  const name = path.split(/[\\/]/).at(-1) ?? "";
  if (/^pylock\.([^.]+\.)?toml$/.test(name)) return;
  throw new PosyError("usage", `\`${name}\` is no name for a lock file`, {
    hint: "the standard has `pylock.toml` and `pylock.NAME.toml`, with a name without dots",
  });
}

async function writeTo(path: string, text: string): Promise<void> {
  await writeAtomic(path, text).catch((error: unknown) => {
    throw asPosyError(error, `writing \`${path}\``);
  });
}
