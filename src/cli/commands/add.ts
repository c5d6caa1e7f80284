import { add, type AddOptions } from "../../operations/add.ts";
import { openProject, type SessionOptions } from "../../operations/session/project-session.ts";
import { boundKinds } from "../../project/index.ts";
import { newBlock } from "../../operations/new/new-script.ts";
import { choose } from "../../text/index.ts";
import { renderChoices } from "../ui/render-outdated.ts";
import { printChange } from "../ui/print-change.ts";
import type { CommandContext } from "./command.ts";

export type AddCommandOptions = SessionOptions &
  Omit<AddOptions, "bounds" | "indexes"> & { readonly bounds?: string; readonly json?: true };

/** `posy add`. */
export async function addCommand(
  texts: readonly string[],
  options: AddCommandOptions,
  context: CommandContext,
): Promise<number> {
  const {
    bounds,
    group,
    extra,
    dev,
    editable,
    branch,
    tag,
    rev,
    marker,
    requirements,
    index,
    json,
    ...others
  } = options;
  await using project = await openProject(others, context, { newBlock: newBlock() });
  const change = await add(project, texts, {
    group,
    extra,
    dev,
    editable,
    branch,
    tag,
    rev,
    marker,
    requirements,
    bounds: choose("--bounds", bounds ?? "lower", boundKinds),
    indexes: index ?? [],
  });
  printChange(change, json === true, context);
  if (!json) context.console.tell(renderChoices(change.choices));
  return 0;
}
