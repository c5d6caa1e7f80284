import type { BriefRequirement } from "../../model/index.ts";
import type { PosyError } from "../../errors/posy-error.ts";
import type { Tag } from "../../vocab/tags/index.ts";

/** Why a version that exists is not a candidate for a target. */
export type Rejection =
  /** A constraint of the Brief excludes it. */
  | { readonly kind: "constraint"; readonly constraint: BriefRequirement }
  | { readonly kind: "prerelease" }
  /** PEP 592; the reason may be empty. */
  | { readonly kind: "yanked"; readonly reason: string }
  | { readonly kind: "requires-python"; readonly specifier: string }
  | { readonly kind: "malformed-requires-python"; readonly text: string }
  /**
   * It has wheels, but none fits. `sdist`: it has sources, too, but they may not be built. `canBuild`: see
   * `only-sdist`.
   */
  | {
      readonly kind: "no-wheel";
      readonly offered: readonly Tag[];
      readonly sdist: boolean;
      readonly canBuild: boolean;
    }
  /**
   * It has only sources, and the policy forbids to build them. Without `canBuild`, nothing can be built here at all.
   */
  | { readonly kind: "only-sdist"; readonly canBuild: boolean }
  /** `--no-binary` wants sources, and it has none. */
  | { readonly kind: "only-wheels" }
  /** `--no-build` and `--no-binary` both hold for the package. */
  | { readonly kind: "no-file-allowed" }
  /** No file has a hash that the Brief gives. Without `listed`, the Brief gives hashes, but none for this package. */
  | { readonly kind: "hash"; readonly listed: boolean }
  | { readonly kind: "metadata"; readonly message: string }
  /** It can't be built here, and its metadata are available nowhere else. */
  | { readonly kind: "build"; readonly failure: PosyError }
  | { readonly kind: "offline" };

export type RejectionKind = Rejection["kind"];
