import type { BlueprintTarget, PackagePin } from "../../model/index.ts";

/** A wheel on this disk that was built of a pinned source. */
export interface BuiltWheel {
  readonly path: string;
  readonly filename: string;
  readonly sha256: string;
}

/** What growing needs of building: src/build implements it. */
export interface WheelBuilder {
  /** The wheel of a pin that is no wheel, built before or now, for the interpreter of its target. Throws `build-failed`, … */
  wheel(pin: PackagePin, target: BlueprintTarget): Promise<BuiltWheel>;
}
