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
import { arrayAt, type RequirementList, textsOf } from "./requirement-lists.ts";

/** The text of a `pyproject.toml` after an edit. */
export interface EditedProject {
  readonly text: string;
  /** The requirements that were removed or replaced, as written. */
  readonly before: readonly string[];
}

/** Applies edits, and reads the result again. Throws `bug` if the list does not have the expected items. */
export async function finish(
  document: TomlDocument,
  list: RequirementList,
  splices: readonly Splice[],
  before: readonly string[],
  expected: readonly (string | undefined)[],
): Promise<EditedProject> {
  const text = spliced(document.text, splices);
  const after = await openDocument(text, document.path).catch(() => undefined);
  const node = after && arrayAt(after, list);
  const found = node && textsOf(node);
  if (found === undefined || JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new PosyError(
      "bug",
      `\`${document.path}\` could not be edited: the result would have another meaning`,
      {
        hint: "the file is unchanged; edit it by hand",
      },
    );
  }
  return { text, before };
}

/** Returns the quotation mark for a new item: single if all items of the list have single ones, else double. */
export function quoteOf(elements: readonly AST.TOMLContentNode[]): '"' | "'" {
  const texts = elements.filter((element) => element.type === "TOMLValue" && element.kind === "string");
  return texts.length > 0 && texts.every((text) => "style" in text && text.style === "literal") ? "'" : '"';
}

export function arrayText({ text }: TomlDocument, node: AST.TOMLArray): ArrayText {
  const inline = node.parent.type === "TOMLKeyValue" && node.parent.parent.type === "TOMLInlineTable";
  return { text, node, lineBreak: lineBreakOf(text), indentation: indentationOf(text), inline };
}

/**
 * Returns the indentation of the items of the file's lists, relative to the line on which a list begins; four spaces if
 * there are none.
 */
export function indentationOf(text: string): string {
  const [, outer = "", inner] =
    /^([ \t]*)[^\s#[][^\n]*=[ \t]*\[[ \t]*(?:#.*)?\r?\n([ \t]+)[^\s\]]/m.exec(text) ?? [];
  if (inner === undefined || !inner.startsWith(outer) || inner === outer) return "    ";
  return inner.slice(outer.length);
}
