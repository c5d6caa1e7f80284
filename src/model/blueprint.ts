import type { ConfigSettings } from "./build-policy.ts";
import type { Interpreter } from "./interpreter.ts";
import type { DirectUrl } from "../vocab/urls/index.ts";
import type { Hashes } from "../vocab/hash.ts";
import type { PlatformName } from "../vocab/tags/index.ts";

/** A package, pinned for one target. Plain JSON. */
export interface PackagePin {
  /** Normalised name (PEP 503). */
  readonly name: string;
  /** Normalised version (PEP 440). */
  readonly version: string;
  /** The requested extras, sorted. */
  readonly extras: readonly string[];
  /** The file chosen for this target. */
  readonly artifact: PinnedArtifact;
  /**
   * A snapshot of its metadata. It is compared with the wheel when that is unpacked, since the index may serve other
   * metadata.
   */
  readonly metadata: {
    readonly requiresDist: readonly string[];
    readonly requiresPython?: string;
    readonly providesExtra: readonly string[];
    /** The metadata is unknown: the pin comes from another tool's lock, which does not contain it. */
    readonly unread?: true;
    /**
     * The package could not be built where it was resolved, so the metadata comes from elsewhere. A build with other
     * metadata is an error.
     */
    readonly assumed?: true;
  };
  /** Names of the pins that require it, sorted. Empty if only the Brief does. */
  readonly requiredBy: readonly string[];
  /** Whether the Brief itself asks for it. */
  readonly requested: boolean;
  /** How it is built, if it has to be: a later build uses the same. */
  readonly build?: PinnedBuild;
}

/** How a package is built for its target: everything that decides the result. */
export interface PinnedBuild {
  /** Its build requirements: those of PEP 518 and those that the backend requests. Empty if it is not isolated. */
  readonly packages: readonly PackagePin[];
  /**
   * The build backend was not run to request more requirements, because it can't run here or would hardly request any.
   * The build runs it.
   */
  readonly unasked?: true;
  /** `-C key=value`. */
  readonly settings?: ConfigSettings;
  /** False if it is built in an Env of the target's other packages (`--no-build-isolation`). */
  readonly isolated?: false;
}

export interface PinnedArtifact {
  readonly kind: "wheel" | "sdist" | "source";
  readonly filename: string;
  readonly url: string;
  /** Has `sha256` whenever the index or the file itself gave one. */
  readonly hashes: Hashes;
  readonly size?: number;
  /** The index that listed it, safe to print. */
  readonly index?: string;
  /** From `name @ URL`: recorded as `direct_url.json` (PEP 610). */
  readonly direct?: true;
  readonly uploadTime?: string;
  /** Only for a `source`: where it comes from (PEP 610). */
  readonly origin?: DirectUrl;
  /** Only for a `source`: the digest of its content. */
  readonly identity?: string;
}

/** The pins for one target: one interpreter on one platform. */
export interface BlueprintTarget {
  readonly platform: PlatformName;
  readonly python: Interpreter;
  /** Sorted by name. */
  readonly packages: readonly PackagePin[];
}

/** The resolved answer to a Brief, for all targets. Plain JSON (`formatBlueprint`, `parseBlueprint`). */
export interface Blueprint {
  readonly blueprintVersion: 1;
  readonly targets: readonly BlueprintTarget[];
}
