import type { BriefRequirement } from "../../model/index.ts";
import type { Requirement } from "../../vocab/requirement/index.ts";
import type { Rejection } from "./rejection.ts";

/** What stands behind a fact that the solver was told; it comes back in the derivation of a failure. */
export type Reason =
  | {
      readonly kind: "requirement";
      readonly requirement: Requirement;
      /** Where a person wrote it; undefined for a package's own metadata. */
      readonly written: BriefRequirement | undefined;
      /** It holds because of this Python (its marker asks for it). */
      readonly ofPython: boolean;
    }
  /** `a[x]` and `a` are of one version. */
  | { readonly kind: "extra" }
  /** No candidates, and why, by index of the version. */
  | { readonly kind: "rejected"; readonly rejections: ReadonlyMap<number, Rejection> };
