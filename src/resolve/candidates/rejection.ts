import type { BriefRequirement } from "../../model/index.ts";
import type { PosyError } from "../../errors/posy-error.ts";
import type { Tag } from "../../vocab/tags/index.ts";

/** Why a version that exists is no candidate for a target. */
export type Rejection =
  /** A constraint of the Brief leaves it out. */
  | { readonly kind: "constraint"; readonly constraint: BriefRequirement }
  | { readonly kind: "prerelease" }
  /** PEP 592; the reason may be empty. */
  | { readonly kind: "yanked"; readonly reason: string }
  | { readonly kind: "requires-python"; readonly specifier: string }
  | { readonly kind: "malformed-requires-python"; readonly text: string }
  /** It has wheels, and none fits; `sdist`: it could be had from its sources, but they may not be built. */
  | {
      readonly kind: "no-wheel";
      readonly offered: readonly Tag[];
      readonly sdist: boolean;
      readonly able: boolean;
    }
  /** And they may not be built, or (without `able`) nobody here can. */
  | { readonly kind: "only-sdist"; readonly able: boolean }
  /** `--no-binary` wants sources. */
  | { readonly kind: "only-wheels" }
  /** `--no-build` and `--no-binary` both hold for the package. */
  | { readonly kind: "no-file-allowed" }
  /** No file has a hash that the Brief gave; without `listed`, the Brief gave hashes for others only. */
  | { readonly kind: "hash"; readonly listed: boolean }
  | { readonly kind: "metadata"; readonly message: string }
  /** It can't be built here, and nothing else tells its metadata. */
  | { readonly kind: "build"; readonly failure: PosyError }
  | { readonly kind: "offline" };

export type RejectionKind = Rejection["kind"];
