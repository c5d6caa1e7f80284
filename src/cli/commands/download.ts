import { relative, resolve } from "node:path";
import { type Downloaded, download, type DownloadOptions } from "../../operations/download/download.ts";
import type { DownloadedFile } from "../../operations/download/write-files.ts";
import { counted } from "../../text/index.ts";
import { formatSize } from "../ui/format-size.ts";
import type { CommandContext } from "./command.ts";

export type DownloadCommandOptions = Omit<DownloadOptions, "folder"> & {
  readonly output?: string;
  readonly json?: true;
};

/** `posy download`. */
export async function downloadCommand(
  requirements: readonly string[],
  { output = "wheelhouse", json, ...options }: DownloadCommandOptions,
  context: CommandContext,
): Promise<number> {
  const { console, cwd } = context;
  const folder = resolve(cwd, output);
  const downloaded = await download(requirements, { ...options, folder }, context);
  console.reporter.finish();
  for (const { path } of downloaded.files.filter(({ state }) => state === "replaced"))
    console.warn(`\`${path}\` was another file than the index has: it was replaced`);
  for (const name of downloaded.local)
    console.tell(`left out \`${name}\`, which is a folder of this machine\n`);
  for (const name of downloaded.repositories)
    console.tell(`built the wheel of \`${name}\`, because a folder of files can't hold a repository\n`);
  if (json) console.print(`${JSON.stringify(downloaded, undefined, 2)}\n`);
  else report(downloaded, context);
  return 0;
}

/** Prints the paths of the files that were written, and what the folders are for. */
function report(
  { folder, pythons, files, platforms, isLocked }: Downloaded,
  { console, cwd }: Pick<CommandContext, "console" | "cwd">,
): void {
  const shown = (path: string) => relative(cwd, path) || ".";
  const written = files.filter(({ state }) => state !== "kept");
  for (const { path, size } of written) console.print(`${shown(path)}  ${formatSize(size)}\n`);
  const kept = files.length - written.length;
  const where = `\`${shown(folder)}\` for ${platforms.join(", ")}`;
  const there = kept === 0 ? "" : `; ${counted(kept, "file")} ${kept === 1 ? "was" : "were"} there`;
  console.tell(
    written.length === 0
      ? `${where} is complete: ${counted(kept, "file")}\n`
      : `wrote ${counted(written.length, "file")}, ${formatSize(sizeOf(written))}, to ${where}${there}\n`,
  );
  const hasPackages = files.some(({ kind }) => kind !== "python");
  const flags = [
    ...(isLocked ? ["--frozen"] : []),
    "--offline",
    ...(hasPackages ? [`--no-index --find-links ${quoted(shown(folder))}`] : []),
    ...(pythons === undefined ? [] : [`--python-index ${quoted(shown(pythons))}`]),
  ];
  if (files.length > 0) console.tell(`use it with \`posy run ${flags.join(" ")}\`\n`);
}

function sizeOf(files: readonly DownloadedFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

function quoted(path: string): string {
  return /\s/.test(path) ? `"${path}"` : path;
}
