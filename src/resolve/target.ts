import type { Interpreter } from "../model/index.ts";
import { markerEnvironment, tagRanksOf } from "../pythons/compatibility/index.ts";
import type { Machine } from "../system/machine/index.ts";
import type { MarkerEnvironment } from "../vocab/requirement/index.ts";
import { parseVersion, type Version } from "../vocab/version/index.ts";
import type { TagRanks } from "../vocab/tags/index.ts";

/** What is solved for: an interpreter on a platform, in the form in which it is asked about. */
export interface Target {
  readonly interpreter: Interpreter;
  readonly pythonVersion: Version;
  readonly environment: MarkerEnvironment;
  /** Wheel tags that fit, by rank: 0 is best. */
  readonly tagRanks: TagRanks;
}

const made = new WeakMap<Machine, WeakMap<Interpreter, Target>>();

/** The same for the same: what builds need is resolved for it again and again. */
export function makeTarget(interpreter: Interpreter, machine: Machine): Target {
  let targets = made.get(machine);
  if (targets === undefined) made.set(machine, (targets = new WeakMap()));
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
