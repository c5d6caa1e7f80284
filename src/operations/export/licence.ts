import type { CoreMetadata } from "../../vocab/metadata/index.ts";

/** What a package says of its licence: an SPDX expression (PEP 639), or words. */
export interface Licence {
  readonly kind: "expression" | "words";
  readonly text: string;
}

/** Longer than this it is the licence itself, not its name. */
const longestName = 120;

/** Undefined where the metadata don't say. */
export function licenceOf(metadata: Pick<CoreMetadata, "field">): Licence | undefined {
  const [expression] = metadata.field("License-Expression").filter((text) => text.trim() !== "");
  if (expression !== undefined) return { kind: "expression", text: expression.trim() };
  const classified = metadata
    .field("Classifier")
    .filter((text) => text.startsWith("License :: "))
    .map((text) => text.split(" :: ").at(-1) ?? "")
    .filter((text) => text !== "OSI Approved" && text !== "");
  if (classified.length > 0) return { kind: "words", text: classified.join(", ") };
  const [words] = metadata.field("License").filter((text) => text.trim() !== "" && text.trim() !== "UNKNOWN");
  if (words === undefined || words.length > longestName || words.includes("\n")) return undefined;
  return { kind: "words", text: words.trim() };
}
