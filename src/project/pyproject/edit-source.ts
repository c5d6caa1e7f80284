import { normalizeName, type PackageName } from "../../vocab/name.ts";
import { insertKey, removeKey } from "./edit-key.ts";
import { spliced } from "./splice.ts";
import { openDocument, type TomlDocument } from "./toml-document.ts";
import { tomlText } from "./toml-text.ts";

/** One of `[tool.posy.sources]`, as it is written: `{ path: "../lib", editable: true }`. */
export type SourceFields = Readonly<Record<string, string | true>>;

/** Says where a package comes from, in the place of what was said of it. The rest stays as it is. Throws `invalid-project`. */
export async function setSource(
  text: string,
  path: string,
  name: PackageName,
  fields: SourceFields,
): Promise<string> {
  const document = await openDocument(text, path);
  const pairs = Object.entries(fields).map(
    ([key, value]) => `${key} = ${value === true ? "true" : tomlText(value)}`,
  );
  const value = `{ ${pairs.join(", ")} }`;
  const written = spotName(document, name);
  const node = written === undefined ? undefined : document.spotOf([...table, written])?.node;
  if (node !== undefined) {
    const [start, end] = node.range;
    return spliced(text, [{ start, end, text: value }]);
  }
  return spliced(text, [insertKey(document, [...table, written ?? name], value)]);
}

/** Says nothing more of where a package comes from. What is not there is fine. Throws `invalid-project`. */
export async function removeSource(text: string, path: string, name: PackageName): Promise<string> {
  const document = await openDocument(text, path);
  const written = spotName(document, name);
  return written === undefined ? text : spliced(text, removeKey(document, [...table, written]));
}

const table = ["tool", "posy", "sources"];

/** As the file spells it. */
function spotName(document: TomlDocument, name: PackageName): string | undefined {
  const names = [...(document.spotOf(table)?.children.keys() ?? [])].map(String);
  return names.find((each) => normalizeName(each) === name);
}
