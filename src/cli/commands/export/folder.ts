import { once } from "node:events";
import { resolve } from "node:path";
import { PosyError } from "../../../errors/posy-error.ts";
import {
  type ExportedFolder,
  exportFolder,
  type ExportFolderOptions,
} from "../../../operations/ship/export-folder.ts";
import { checkTarName } from "../../../operations/ship/write-archives.ts";
import { formatSize } from "../../ui/format-size.ts";
import type { CommandContext } from "../command.ts";
import { reportRemoved } from "./removed.ts";

export type ExportFolderCommandOptions = Omit<ExportFolderOptions, "link" | "output"> & {
  readonly copy?: true;
  readonly hardlink?: true;
};

/** `posy export --dir`, `--tar`, `--zip`. */
export async function exportFolderCommand(
  requirements: readonly string[],
  { dir, tar, zip, copy, hardlink, ...options }: ExportFolderCommandOptions,
  context: CommandContext,
): Promise<number> {
  if (copy && hardlink) {
    throw new PosyError("usage", "`--copy` and `--hardlink` exclude each other", {
      hint: "leave out one of them",
    });
  }
  if (hardlink && dir === undefined) {
    throw new PosyError("usage", "`--hardlink` is for a folder", { hint: "name it with `--dir`" });
  }
  if (tar !== undefined) checkTarName(tar);
  if (zip !== undefined && !/\.zip$/i.test(zip)) {
    throw new PosyError("usage", `\`${zip}\` is not the name of a zip`, { hint: "its ending is `.zip`" });
  }
  const absolute = (path: string | undefined) =>
    path === undefined ? undefined : resolve(context.cwd, path);
  const exported = await exportFolder(
    requirements,
    {
      ...options,
      dir: absolute(dir),
      tar: tar === "-" ? tar : absolute(tar),
      zip: absolute(zip),
      link: hardlink ? "hardlink" : "copy",
      output: async (bytes) => {
        if (!process.stdout.write(bytes)) await once(process.stdout, "drain");
      },
    },
    context,
  );
  report(exported, context);
  return 0;
}

function report(
  { written, files, size, platform, python, programs, glibc, removed }: ExportedFolder,
  context: CommandContext,
): void {
  const { console } = context;
  reportRemoved(removed, context);
  const target = python === undefined ? platform : `${platform} and Python ${python}`;
  for (const path of written)
    console.tell(`wrote \`${path}\` for ${target}: ${files} files, ${formatSize(size)}\n`);
  if (glibc !== undefined) console.tell(`it needs glibc ${glibc} or newer\n`);
  if (programs.length > 0) console.tell(`programs: ${programs.map(({ path }) => path).join(", ")}\n`);
}
