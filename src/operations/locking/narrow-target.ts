import { PosyError } from "../../errors/posy-error.ts";
import { namedSources, reachablePins } from "../../lockfile/index.ts";
import type { Blueprint, BlueprintTarget } from "../../model/index.ts";
import type { EnvPart } from "../session/env-part.ts";

/**
 * Returns a Blueprint without the packages that a part of an environment leaves out. A part of locked packages is
 * locked, too, so nothing is resolved. Throws `lock-mismatch` for a lock of another tool that does not say which
 * package needs which.
 */
export function narrowBlueprint(blueprint: Blueprint, part: EnvPart | undefined): Blueprint {
  if (part === undefined) return blueprint;
  return { ...blueprint, targets: blueprint.targets.map((target) => narrowTarget(target, part)) };
}

function narrowTarget(target: BlueprintTarget, { roots, option, isLeftOut }: EnvPart): BlueprintTarget {
  let { packages } = target;
  if (roots !== undefined) {
    if (packages.some(({ metadata }) => metadata.unread)) {
      throw new PosyError(
        "lock-mismatch",
        `\`${option}\` needs to know which package needs which, and the lock does not say that`,
        { hint: "`posy lock` makes a lock that does" },
      );
    }
    const named = namedSources(roots.sources, packages);
    packages = reachablePins(packages, target.python, [...roots.requirements, ...named]);
  }
  return { ...target, packages: packages.filter((pin) => !isLeftOut(pin)) };
}
