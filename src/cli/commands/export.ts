import { dirname, resolve } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { lockOfBlueprint } from "../../project/pylock/lock-of-blueprint.ts";
import { writeAtomic } from "../../system/files.ts";
import { type ExportFormat, exportFormats, exportText } from "../export-text.ts";
import { choose } from "../settings/choose.ts";
import { checkHashesOf } from "../settings/hash-mode.ts";
import { type AskedOptions, readAsked } from "../settings/read-asked.ts";
import { openPosyFor } from "../settings/open-posy-for.ts";
import type { Surroundings } from "./command.ts";

export type ExportOptions = AskedOptions & {
  readonly format?: string;
  readonly output?: string;
  /** False with `--no-hashes`. */
  readonly hashes: boolean;
};

/** `posy export`: resolves, and writes the answer for other tools. Nothing is installed. */
export async function exportCommand(
  typed: readonly string[],
  options: ExportOptions,
  around: Surroundings,
): Promise<number> {
  const { console, cwd } = around;
  if (typed.length + (options.requirements ?? []).length === 0) {
    throw new PosyError("usage", "`posy export` needs something to export", {
      hint: "name requirements, or a file with them: `posy export numpy`, `posy export -r requirements.in`",
    });
  }
  const output = options.output === undefined ? undefined : resolve(cwd, options.output);
  const format: ExportFormat = choose("--format", options.format ?? "requirements", exportFormats);
  if (format === "pylock" && output !== undefined) checkLockName(output);
  const settings = await readAsked(typed, options, around);
  const { brief, requireHashes } = settings;
  const posy = await openPosyFor(settings, around);
  try {
    const blueprint = await posy.resolve(brief);
    if (requireHashes) checkHashesOf(blueprint, brief.requirements);
    const folder = output === undefined ? cwd : dirname(output);
    const lock = await lockOfBlueprint(blueprint, { folder, db: posy.db });
    const text = await exportText(format, lock, blueprint, { folder, hashes: options.hashes, db: posy.db });
    if (output === undefined) console.print(text);
    else await writeAtomic(output, text);
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
