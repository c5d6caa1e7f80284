import type { CoreMetadata } from "../../vocab/metadata/index.ts";

/** The licence of a package by its metadata: an SPDX expression (PEP 639), or free text. */
export interface Licence {
  readonly kind: "expression" | "words";
  readonly text: string;
}

/** A longer `License` field, in characters, is the text of the licence, not its name. */
const longestName = 120;

/** Returns the licence from `License-Expression`, else the classifiers, else `License`; undefined if there is none. */
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
