import { PosyError } from "../errors/posy-error.ts";
import { type Blueprint, fittingTarget } from "../model/index.ts";
import { thisMachine } from "../system/machine/index.ts";
import type { PlatformName } from "../vocab/tags/index.ts";
import { dependencyTree, type TreeNode } from "./dependency-tree.ts";
import { frozenLock } from "./lock-env.ts";
import type { ProjectSession } from "./project-session.ts";

export interface TreeOptions {
  /** The environment: `default` if it is left out. */
  readonly env?: string | undefined;
  /** The platform: this machine's if it is left out. */
  readonly platform?: PlatformName | undefined;
  /** Which of the locked Pythons, as `--python` takes it. */
  readonly python?: string | undefined;
  /** From the packages up to what asks for them. */
  readonly inverted?: boolean;
  /** How many levels: all of them if it is left out. */
  readonly depth?: number;
}

/** The locked packages of an environment as a tree, or only those below `names`. Asks no index. */
export async function tree(
  session: ProjectSession,
  names: readonly string[] = [],
  { env, platform, python, inverted = false, depth = Number.POSITIVE_INFINITY }: TreeOptions = {},
): Promise<readonly TreeNode[]> {
  const { lockPath } = await session.settings(env);
  const blueprint = await frozenLock(lockPath);
  const wanted = platform ?? (await thisMachine()).platform;
  const target = await fittingTarget(blueprint, wanted, python, () => Promise.resolve([]));
  if (target === undefined) throw notLocked(blueprint, wanted, python);
  return dependencyTree(target, { inverted, depth, names });
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
