import { resolve } from "node:path";
import { verifyFolder } from "../../../application/index.ts";
import { counted } from "../../../text/index.ts";
import type { CommandContext } from "../command.ts";

/** `posy export --verify`: prints what differs from the manifest. Returns 1 if something does. */
export async function exportVerifyCommand(folder: string, { cwd, console }: CommandContext): Promise<number> {
  const damages = await verifyFolder(resolve(cwd, folder));
  for (const { kind, path } of damages) console.print(`${kind} ${path}\n`);
  console.tell(
    damages.length === 0
      ? `\`${folder}\` is as it was exported\n`
      : `\`${folder}\` differs from its manifest in ${counted(damages.length, "file")}\n`,
  );
  return damages.length === 0 ? 0 : 1;
}
