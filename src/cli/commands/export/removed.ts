import type { ExportedFolder } from "../../../operations/ship/export-folder.ts";
import { counted } from "../../../text/index.ts";
import { formatSize } from "../../ui/format-size.ts";
import type { CommandContext } from "../command.ts";

/** Says what `--strip` has removed from an application. */
export function reportRemoved(removed: ExportedFolder["removed"], { console }: CommandContext): void {
  for (const { what, files, size } of removed)
    console.tell(`removed ${what}: ${counted(files, "file")}, ${formatSize(size)}\n`);
}
