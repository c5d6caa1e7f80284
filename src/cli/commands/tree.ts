import type { Blueprint } from "../../model/blueprint.ts";
import { fittingTarget } from "../../model/fitting-target.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { dependencyTree } from "../../operations/dependency-tree.ts";
import { thisMachine } from "../../system/machine/machine.ts";
import { type PlatformName, platformNames } from "../../vocab/tags/platform-name.ts";
import { frozenLock } from "../../operations/lock-project.ts";
import { requireProject } from "../../operations/require-project.ts";
import { choose } from "../../text/choose.ts";
import { openInputs } from "../../settings/inputs.ts";
import { renderTree } from "../ui/render-tree.ts";
import type { CommandContext } from "./command.ts";

export interface TreeCommandOptions {
  readonly env?: string;
  readonly platform?: string;
  readonly python?: string;
  readonly invert?: true;
  readonly depth?: string;
  readonly json?: true;
}

/** `posy tree`, and `posy why`, which is the same from below: what the lock has, and by whom it came. */
export async function treeCommand(
  names: readonly string[],
  { env, platform, python, invert, depth, json }: TreeCommandOptions,
  { console, environment, cwd }: CommandContext,
): Promise<number> {
  const inputs = openInputs(environment, cwd);
  const { lockPath } = await requireProject(env === undefined ? {} : { env }, inputs);
  const blueprint = await frozenLock(lockPath);
  const wanted =
    platform === undefined ? (await thisMachine()).platform : choose("--platform", platform, platformNames);
  const target = await fittingTarget(blueprint, wanted, python, () => Promise.resolve([]));
  if (target === undefined) throw notLocked(blueprint, wanted, python);
  const inverted = invert === true;
  const nodes = dependencyTree(target, { inverted, depth: depthOf(depth), names });
  console.print(json ? `${JSON.stringify(nodes, undefined, 2)}\n` : renderTree(nodes, inverted));
  return 0;
}

function notLocked({ targets }: Blueprint, platform: PlatformName, python: string | undefined): PosyError {
  const there = targets.filter((target) => target.platform === platform);
  if (python === undefined || there.length === 0) {
    const platforms = [...new Set(targets.map((each) => `\`${each.platform}\``))].join(", ");
    return new PosyError("unknown-platform", `the lock has nothing for \`${platform}\``, {
      hint: `it has ${platforms}: \`--platform\` shows one of them`,
    });
  }
  const pythons = there.map((each) => `\`${each.python.version}\``).join(", ");
  return new PosyError("no-interpreter", `the lock has no Python that is \`${python}\` for \`${platform}\``, {
    hint: `it has ${pythons}; \`python\` in \`[tool.posy]\` takes a list`,
  });
}

function depthOf(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new PosyError("usage", `\`--depth\` takes no \`${text}\``, {
    hint: "write how many levels, as in `--depth 2`",
  });
}
