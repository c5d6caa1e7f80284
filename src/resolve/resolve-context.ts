import type { Blueprint } from "../blueprint/blueprint.ts";
import type { SdistArtifact } from "../packages/artifact.ts";
import type { PackageDB } from "../packages/package-db.ts";
import type { Interpreter } from "../pythons/interpreter.ts";
import type { Reporter } from "../report/reporter.ts";
import type { Machine } from "../system/machine.ts";
import type { CoreMetadata } from "../vocab/metadata.ts";
import type { PlatformName } from "../vocab/platform-name.ts";

/** What resolving needs of the world. */
export interface ResolveContext {
  readonly db: PackageDB;
  /** The interpreters that a Python requirement allows on a platform, best first. */
  interpreters(request: string | undefined, platform: PlatformName): Promise<readonly Interpreter[]>;
  readonly machine: Machine;
  readonly reporter: Reporter;
  /** An earlier answer: its pins are kept where they still fit. */
  readonly preferences?: Blueprint;
  /** Without it, versions that have only source distributions are no candidates. */
  readonly sdists?: SdistMetadata;
}

/** What resolving needs of building: src/build implements it. */
export interface SdistMetadata {
  metadata(sdist: SdistArtifact, python: Interpreter): Promise<CoreMetadata>;
}
