import { PosyError } from "../../errors/posy-error.ts";
import { dependencyTree } from "../../project/tree/dependency-tree.ts";
import { thisMachine } from "../../system/machine.ts";
import { platformNames } from "../../vocab/platform-name.ts";
import { frozenLock } from "../project/lock-project.ts";
import { neededProject } from "../project/needed-project.ts";
import { choose } from "../settings/choose.ts";
import { openInputs } from "../settings/inputs.ts";
import { renderTree } from "../ui/render-tree.ts";
import type { Surroundings } from "./command.ts";

export interface TreeCommandOptions {
  readonly env?: string;
  readonly platform?: string;
  readonly invert?: true;
  readonly depth?: string;
  readonly json?: true;
}

/** `posy tree`, and `posy why`, which is the same from below: what the lock has, and by whom it came. */
export async function treeCommand(
  names: readonly string[],
  { env, platform, invert, depth, json }: TreeCommandOptions,
  { console, environment, cwd }: Surroundings,
): Promise<number> {
  const inputs = openInputs(environment, cwd);
  const { lockPath } = await neededProject(env === undefined ? {} : { env }, inputs);
  const { targets } = await frozenLock(lockPath);
  const wanted =
    platform === undefined ? (await thisMachine()).platform : choose("--platform", platform, platformNames);
  const target = targets.find((each) => each.platform === wanted);
  if (target === undefined) {
    const there = targets.map((each) => `\`${each.platform}\``).join(", ");
    throw new PosyError("unknown-platform", `the lock has nothing for \`${wanted}\``, {
      hint: `it has ${there}: \`--platform\` shows one of them`,
    });
  }
  const inverted = invert === true;
  const nodes = dependencyTree(target, { inverted, depth: depthOf(depth), names });
  console.print(json ? `${JSON.stringify(nodes, undefined, 2)}\n` : renderTree(nodes, inverted));
  return 0;
}

function depthOf(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new PosyError("usage", `\`--depth\` takes no \`${text}\``, {
    hint: "write how many levels, as in `--depth 2`",
  });
}
