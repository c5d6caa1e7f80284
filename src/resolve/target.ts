import type { Interpreter } from "../pythons/interpreter.ts";
import { markerEnvironment } from "../pythons/marker-environment.ts";
import { wheelTagsOf } from "../pythons/wheel-tags-of.ts";
import type { Machine } from "../system/machine.ts";
import type { MarkerEnvironment } from "../vocab/marker-environment.ts";
import type { Tag } from "../vocab/tag.ts";
import { parseVersion, type Version } from "../vocab/version.ts";

/** What is solved for: an interpreter on a platform, in the form in which it is asked about. */
export interface Target {
  readonly interpreter: Interpreter;
  readonly pythonVersion: Version;
  readonly environment: MarkerEnvironment;
  /** Wheel tags that fit, by rank: 0 is best. */
  readonly tagRanks: ReadonlyMap<Tag, number>;
}

export function makeTarget(interpreter: Interpreter, machine: Machine): Target {
  return {
    interpreter,
    pythonVersion: parseVersion(interpreter.version),
    environment: markerEnvironment(interpreter, machine),
    tagRanks: new Map(wheelTagsOf(interpreter, machine).map((tag, rank) => [tag, rank])),
  };
}
