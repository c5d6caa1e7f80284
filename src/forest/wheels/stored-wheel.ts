import type { PackagePin } from "../../model/index.ts";
import type { WheelManifest } from "./wheel-manifest.ts";

/** A wheel in the store, with the pin that it is installed for. */
export interface StoredWheel {
  readonly pin: PackagePin;
  readonly sha256: string;
  /** `<data>/wheels-v1/<sha256>`. */
  readonly dir: string;
  readonly manifest: WheelManifest;
}
