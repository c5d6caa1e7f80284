/**
 * TOML: parsing, reading values with errors that name the key and the line, writing, and editing a file without
 * touching the rest of it.
 *
 * parse-toml.ts parses (`smol-toml`). read-toml.ts takes typed values out of what was parsed; a wrong value throws a
 * `KeyError` (key-error.ts), which names its key. toml-document.ts finds the line of a key and adds it to the error.
 * write-toml.ts writes values, strings and keys. For editing, toml-document.ts also knows the position of each key
 * (`toml-eslint-parser`), and edit/ splices new text in, so that comments and layout stay byte for byte. Start reading
 * at read-toml.ts and toml-document.ts.
 */
export { type ArrayText, insertItem, removeItem } from "./edit/edit-array.ts";
export { insertKey, removeKey } from "./edit/edit-key.ts";
export { indentationAt, lineBreakOf, lineStart, nextLine, type Splice, spliced } from "./edit/splice.ts";
export { KeyError, refuseKey } from "./key-error.ts";
export { keyIn, keyPath, type KeyPath } from "./key-path.ts";
export { parseToml, TomlSyntaxError } from "./parse-toml.ts";
export {
  entriesAt,
  flagAt,
  knownTable,
  listAt,
  nonEmptyTextAt,
  nonEmptyTextsAt,
  optionalAt,
  parsedAt,
  suggestNames,
  tableAt,
  textAt,
  textsAt,
  wordAt,
} from "./read-toml.ts";
export { isTable, type TomlTable } from "./toml-table.ts";
export { openDocument, type TomlDocument, withLine } from "./toml-document.ts";
export { tomlKey, tomlKeyPath, tomlLines, tomlString, TomlTime } from "./write-toml.ts";
