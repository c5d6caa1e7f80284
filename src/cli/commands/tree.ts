import { PosyError } from "../../errors/posy-error.ts";
import { openProject } from "../../operations/session/project-session.ts";
import { tree } from "../../operations/tree.ts";
import { choose } from "../../text/index.ts";
import { platformNames } from "../../vocab/tags/index.ts";
import { renderTree } from "../ui/render-tree.ts";
import type { CommandContext } from "./command.ts";

export interface TreeCommandOptions {
  readonly env?: string;
  readonly platform?: string;
  readonly python?: string;
  readonly invert?: true;
  readonly depth?: string;
  readonly locked?: true;
  readonly script?: string;
  readonly json?: true;
}

/** `posy tree`, and `posy why`, which shows the inverted tree. */
export async function treeCommand(
  names: readonly string[],
  { env, platform, python, invert, depth, locked, script, json }: TreeCommandOptions,
  context: CommandContext,
): Promise<number> {
  const inverted = invert === true;
  await using project = await openProject(script === undefined ? {} : { script }, context);
  const nodes = await tree(project, names, {
    env,
    platform: platform === undefined ? undefined : choose("--platform", platform, platformNames),
    python,
    inverted,
    depth: depthOf(depth),
    locked: locked === true,
  });
  context.console.print(json ? `${JSON.stringify(nodes, undefined, 2)}\n` : renderTree(nodes, inverted));
  return 0;
}

function depthOf(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new PosyError("usage", `\`--depth\` takes no \`${text}\``, {
    hint: "write how many levels, as in `--depth 2`",
  });
}
