import { openProject, type SessionOptions } from "../../operations/session/project-session.ts";
import { remove } from "../../operations/remove.ts";
import type { RequirementListOptions } from "../../settings/index.ts";
import { printChange } from "../ui/print-change.ts";
import type { CommandContext } from "./command.ts";

export type RemoveCommandOptions = Omit<SessionOptions, "group" | "extra"> &
  RequirementListOptions & { readonly json?: true };

/** `posy remove`. */
export async function removeCommand(
  names: readonly string[],
  { group, extra, dev, json, ...options }: RemoveCommandOptions,
  context: CommandContext,
): Promise<number> {
  await using project = await openProject(options, context);
  printChange(await remove(project, names, { group, extra, dev }), json === true, context);
  return 0;
}
