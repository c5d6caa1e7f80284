import type { AST } from "toml-eslint-parser";
import { normalizeName, type PackageName } from "../../../vocab/requirement/index.ts";
import {
  insertKey,
  type KeyPath,
  lineStart,
  nextLine,
  openDocument,
  removeKey,
  type Splice,
  spliced,
  type TomlDocument,
  tomlString,
} from "../../../toml/index.ts";

/** The fields of a source in `[tool.posy.sources]`: `{ path: "../lib", editable: true }`. */
export type SourceFields = Readonly<Record<string, string | true>>;

/**
 * Sets the source of a package, replacing an old one, and returns the new text. The rest stays unchanged. Throws
 * `invalid-project`.
 */
export async function setSource(
  text: string,
  path: string,
  name: PackageName,
  fields: SourceFields,
): Promise<string> {
  const document = await openDocument(text, path);
  const pairs = Object.entries(fields).map(
    ([key, value]) => `${key} = ${value === true ? "true" : tomlString(value)}`,
  );
  const value = `{ ${pairs.join(", ")} }`;
  const written = spotName(document, name);
  if (written === undefined) return spliced(text, [insertKey(document, [...table, name], value)]);
  const node = document.locate([...table, written])?.node;
  if (node === undefined) {
    // The source is written with headers or dotted keys.
    return setSource(spliced(text, removals(document, [...table, written])), path, name, fields);
  }
  const [start, end] = node.range;
  return spliced(text, [{ start, end, text: value }]);
}

/** Removes the source of a package, if it has one, and returns the new text. Throws `invalid-project`. */
export async function removeSource(text: string, path: string, name: PackageName): Promise<string> {
  const document = await openDocument(text, path);
  const written = spotName(document, name);
  if (written === undefined) return text;
  const rest = spliced(text, removals(document, [...table, written]));
  const after = await openDocument(rest, path);
  const header = after.locate(table)?.table;
  // A header without entries is removed, too: it was written with the first source.
  const empty = header !== undefined && header.body.length === 0 && spotNames(after).length === 0;
  return empty && !hasComment(after, header) ? spliced(rest, [withoutHeader(rest, header)]) : rest;
}

/** Whether a package has a source in `[tool.posy.sources]`. */
export function hasSource(document: TomlDocument, name: PackageName): boolean {
  return spotName(document, name) !== undefined;
}

const table = ["tool", "posy", "sources"];

/** Returns the name of a package as the file spells it. */
function spotName(document: TomlDocument, name: PackageName): string | undefined {
  return spotNames(document).find((spelling) => normalizeName(spelling) === name);
}

function spotNames(document: TomlDocument): readonly string[] {
  return [...(document.locate(table)?.children.keys() ?? [])].map(String);
}

/** Returns the edits that remove a key with its value, in whatever form: one value, dotted keys, or headers. */
function removals(document: TomlDocument, path: KeyPath): readonly Splice[] {
  const spot = document.locate(path);
  if (spot === undefined) return [];
  if (spot.node !== undefined) return removeKey(document, path);
  const headers = document.tree.body[0].body.filter(
    (item): item is AST.TOMLTable =>
      item.type === "TOMLTable" && path.every((step, index) => item.resolvedKey[index] === step),
  );
  if (headers.length > 0) return headers.map((header) => withoutHeader(document.text, header));
  return [...spot.children.keys()].flatMap((step) => removals(document, [...path, step]));
}

/** Returns the edit that removes a header with its entries, and the blank line above it. */
function withoutHeader(text: string, header: AST.TOMLTable): Splice {
  const end = nextLine(text, header.body.at(-1)?.range[1] ?? header.range[1]);
  const start = lineStart(text, header.range[0]);
  const above = /(?<=\n)[ \t]*\r?\n$/.exec(text.slice(0, start))?.[0] ?? "";
  const parted = /^([ \t]*\r?\n|[ \t]*\[|$)/.test(text.slice(end));
  return { start: parted ? start - above.length : start, end, text: "" };
}

function hasComment({ text, tree }: TomlDocument, header: AST.TOMLTable): boolean {
  const rest = tree.body[0].body.filter((item) => item.range[0] > header.range[0]);
  const end = rest[0]?.range[0] ?? text.length;
  return text.slice(header.range[0], end).includes("#");
}
