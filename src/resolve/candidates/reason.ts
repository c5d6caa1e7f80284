import type { BriefRequirement } from "../../model/index.ts";
import type { Requirement } from "../../vocab/requirement/index.ts";
import type { Rejection } from "./rejection.ts";

/** Why a fact holds that the solver was given. It comes back in the derivation of a failure. */
export type Reason =
  | {
      readonly kind: "requirement";
      readonly requirement: Requirement;
      /** The line that a person wrote. Undefined if it comes from a package's metadata. */
      readonly written: BriefRequirement | undefined;
      /** Its marker depends on the Python, so it may not hold for another one. */
      readonly ofPython: boolean;
    }
  /** `a[x]` and `a` have the same version. */
  | { readonly kind: "extra" }
  /** Why versions are not candidates, by their index. */
  | { readonly kind: "rejected"; readonly rejections: ReadonlyMap<number, Rejection> };
