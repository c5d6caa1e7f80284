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
  /** The extras that were asked of it, sorted. */
  readonly extras: readonly string[];
  /** The file chosen for this target. */
  readonly artifact: PinnedArtifact;
  /** A snapshot of what its metadata said (pitfall 11): compared with the wheel itself when it is unpacked. */
  readonly metadata: {
    readonly requiresDist: readonly string[];
    readonly requiresPython?: string;
    readonly providesExtra: readonly string[];
    /** Nobody has read them: another tool's lock says nothing of them. */
    readonly unread?: true;
    /** It could not be built where it was resolved, so they come from elsewhere: a build that says otherwise is an error. */
    readonly assumed?: true;
  };
  /** Names of the pins that asked for it; empty for what the Brief asks for itself. Sorted. */
  readonly requiredBy: readonly string[];
  /** True where the Brief itself asks for it. */
  readonly requested: boolean;
  /** What builds it, where it has to be built: the same again if it is built again. */
  readonly build?: PinnedBuild;
}

/** How a package is built for its target: all that decides what comes of it. */
export interface PinnedBuild {
  /** Its build requirements (PEP 518, and what the backend asks for besides); empty where it is not isolated. */
  readonly packages: readonly PackagePin[];
  /** Pinned without asking the backend, which can't run here or would hardly say more: the build asks it. */
  readonly unasked?: true;
  /** `-C key=value`. */
  readonly settings?: ConfigSettings;
  /** It is built in an Env of the target's other packages (`--no-build-isolation`). */
  readonly isolated?: false;
}

export interface PinnedArtifact {
  readonly kind: "wheel" | "sdist" | "source";
  readonly filename: string;
  readonly url: string;
  /** Always with `sha256` where the index or the file itself gave one. */
  readonly hashes: Hashes;
  readonly size?: number;
  /** The index that it came from, safe to print. */
  readonly index?: string;
  /** From `name @ URL`: recorded as `direct_url.json` (PEP 610). */
  readonly direct?: true;
  readonly uploadTime?: string;
  /** Of a `source`: where it comes from (PEP 610), and what names its content. */
  readonly origin?: DirectUrl;
  readonly identity?: string;
}

/** The answer for one target: an interpreter × a platform. */
export interface BlueprintTarget {
  readonly platform: PlatformName;
  readonly python: Interpreter;
  /** Sorted by name. */
  readonly packages: readonly PackagePin[];
}

/** What a Brief comes to: plain JSON, in and out (`formatBlueprint`, `parseBlueprint`). */
export interface Blueprint {
  readonly blueprintVersion: 1;
  readonly targets: readonly BlueprintTarget[];
}
