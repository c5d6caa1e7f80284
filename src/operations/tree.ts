import { PosyError } from "../errors/posy-error.ts";
import { type Blueprint, findTarget } from "../model/index.ts";
import { thisMachine } from "../system/machine/index.ts";
import type { PlatformName } from "../vocab/tags/index.ts";
import { dependencyTree, type TreeNode } from "./dependency-tree.ts";
import { checkLocked, frozenLock } from "./locking/lock-env.ts";
import { lockJobOf } from "./locking/lock-job.ts";
import type { ProjectSession } from "./session/project-session.ts";

/** Options of `tree`. */
export interface TreeOptions {
  /** The name of the environment. The default is `default`. */
  readonly env?: string | undefined;
  /** The platform. The default is this machine's. */
  readonly platform?: PlatformName | undefined;
  /** One of the locked Pythons, as `--python` takes it. */
  readonly python?: string | undefined;
  /** Show the packages that need a package as its children, not those that it needs. */
  readonly inverted?: boolean;
  /** How many levels to show below the top. The default is all of them. */
  readonly depth?: number;
  /** Throw `lock-mismatch` if the lock is not up to date. */
  readonly locked?: boolean;
}

/**
 * Returns the locked packages of an environment as a tree. With `names`, these packages are at the top. Asks no
 * index. Throws `not-found` if there is no lock or if it does not have a name, `unknown-platform` or `no-interpreter`
 * if it has no such target.
 */
export async function tree(
  session: ProjectSession,
  names: readonly string[] = [],
  {
    env,
    platform,
    python,
    inverted = false,
    depth = Number.POSITIVE_INFINITY,
    locked = false,
  }: TreeOptions = {},
): Promise<readonly TreeNode[]> {
  const settings = await session.settings(env);
  if (locked) await checkLocked({ ...lockJobOf(settings), upgrade: false });
  const { lockPath } = settings;
  const blueprint = await frozenLock(lockPath);
  const wanted = platform ?? (await thisMachine()).platform;
  const target = await findTarget(blueprint, wanted, python, () => Promise.resolve([]));
  if (target === undefined) throw notLocked(blueprint, wanted, python);
  return dependencyTree(target, { inverted, depth, names });
}

function notLocked({ targets }: Blueprint, platform: PlatformName, python: string | undefined): PosyError {
  const onPlatform = targets.filter((target) => target.platform === platform);
  if (python === undefined || onPlatform.length === 0) {
    const platforms = [...new Set(targets.map((target) => `\`${target.platform}\``))].join(", ");
    return new PosyError("unknown-platform", `the lock has nothing for \`${platform}\``, {
      hint: `it has ${platforms}: \`--platform\` shows one of them`,
    });
  }
  const pythons = onPlatform.map((target) => `\`${target.python.version}\``).join(", ");
  return new PosyError("no-interpreter", `the lock has no Python that is \`${python}\` for \`${platform}\``, {
    hint: `it has ${pythons}; \`python\` in \`[tool.posy]\` takes a list`,
  });
}
