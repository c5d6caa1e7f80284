import type { Interpreter } from "../model/index.ts";
import { markerEnvironment, tagRanksOf } from "../pythons/compatibility/index.ts";
import type { Machine } from "../system/machine/index.ts";
import type { MarkerEnvironment } from "../vocab/requirement/index.ts";
import { parseVersion, type Version } from "../vocab/version/index.ts";
import type { TagRanks } from "../vocab/tags/index.ts";

/** An interpreter on a platform, with everything that the resolver asks about it. */
export interface Target {
  readonly interpreter: Interpreter;
  readonly pythonVersion: Version;
  readonly environment: MarkerEnvironment;
  /** Ranks of the wheel tags that the target supports: 0 is best. */
  readonly tagRanks: TagRanks;
}

const cachedTargets = new WeakMap<Machine, WeakMap<Interpreter, Target>>();

/** Returns the same Target for the same arguments, since build requirements are resolved for it again and again. */
export function makeTarget(interpreter: Interpreter, machine: Machine): Target {
  let targets = cachedTargets.get(machine);
  if (targets === undefined) cachedTargets.set(machine, (targets = new WeakMap()));
  let target = targets.get(interpreter);
  if (target === undefined) {
    target = {
      interpreter,
      pythonVersion: parseVersion(interpreter.version),
      environment: markerEnvironment(interpreter, machine),
      tagRanks: tagRanksOf(interpreter, machine),
    };
    targets.set(interpreter, target);
  }
  return target;
}
