import { updateSelf, type UpdateSelfOptions } from "../../../operations/self/update-self.ts";
import type { CommandContext } from "../command.ts";

export type SelfUpdateCommandOptions = Pick<UpdateSelfOptions, "from" | "version" | "offline"> & {
  readonly json?: true;
};

/** `posy self update`: replaces this Posy by that of a release. */
export async function selfUpdateCommand(
  { json, ...options }: SelfUpdateCommandOptions,
  context: CommandContext,
): Promise<number> {
  const { path, before, version, changed } = await updateSelf(
    { from: options.from, version: options.version, offline: options.offline },
    context,
  );
  if (json) context.console.print(`${JSON.stringify({ path, before, version, changed }, undefined, 2)}\n`);
  else
    context.console.printDone(
      `${path}: ${changed ? `${before} → ${version}` : `${version} is the newest`}\n`,
    );
  return 0;
}
