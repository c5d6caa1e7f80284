import type { BlueprintTarget, PackagePin } from "../../model/index.ts";

/** A wheel on this disk that was built from a pinned source. */
export interface BuiltWheel {
  readonly path: string;
  readonly filename: string;
  readonly sha256: string;
}

/** The part of building that making an Env needs; `src/builder` implements it. */
export interface WheelBuilder {
  /**
   * Returns the wheel of a pinned source for the target's interpreter, from the BuildStore or built now. Throws
   * `build-failed` and other errors of building.
   */
  wheel(pin: PackagePin, target: BlueprintTarget): Promise<BuiltWheel>;
}
