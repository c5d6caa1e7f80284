import type { AST } from "toml-eslint-parser";
import { PosyError } from "../../../errors/posy-error.ts";
import {
  type ArrayText,
  lineBreakOf,
  openDocument,
  type Splice,
  spliced,
  type TomlDocument,
} from "../../../toml/index.ts";
import { arrayAt, type RequirementPlace, textsOf } from "./requirement-lists.ts";

export interface EditedProject {
  readonly text: string;
  /** What was taken out or replaced, as it was written. */
  readonly before: readonly string[];
}

/** The edited text, read again: what comes out is what was meant, or nobody sees it. */
export async function finish(
  document: TomlDocument,
  place: RequirementPlace,
  splices: readonly Splice[],
  before: readonly string[],
  expected: readonly (string | undefined)[],
): Promise<EditedProject> {
  const text = spliced(document.text, splices);
  const after = await openDocument(text, document.path).catch(() => undefined);
  const node = after && arrayAt(after, place);
  const found = node && textsOf(node);
  if (found === undefined || JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new PosyError(
      "bug",
      `\`${document.path}\` could not be edited: what came out says something else`,
      {
        hint: "the file is as it was; edit it by hand",
      },
    );
  }
  return { text, before };
}

/** Single quotation marks only where all have them. */
export function quoteOf(elements: readonly AST.TOMLContentNode[]): '"' | "'" {
  const texts = elements.filter((each) => each.type === "TOMLValue" && each.kind === "string");
  return texts.length > 0 && texts.every((each) => "style" in each && each.style === "literal") ? "'" : '"';
}

export function arrayText({ text }: TomlDocument, node: AST.TOMLArray): ArrayText {
  const inline = node.parent.type === "TOMLKeyValue" && node.parent.parent.type === "TOMLInlineTable";
  return { text, node, lineBreak: lineBreakOf(text), indentation: indentationOf(text), inline };
}

/** What the file's own lists are indented by; four spaces where it has none. */
export function indentationOf(text: string): string {
  return /=[ \t]*\[[ \t]*(?:#.*)?\r?\n([ \t]+)\S/.exec(text)?.[1] ?? "    ";
}
