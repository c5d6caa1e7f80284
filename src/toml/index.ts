/**
 * TOML: reading values with errors that name the key and the line, and editing a file without touching the rest of it.
 *
 * `smol-toml` parses. read-toml.ts takes typed values out of what it parsed; schema-error.ts says which key is wrong.
 * For editing, toml-document.ts knows the position of each key in the text (`toml-eslint-parser`), and edit/ splices
 * new text in, so that comments and layout stay byte for byte. Start reading at toml-document.ts.
 */
export { type ArrayText, insertItem, removeItem } from "./edit/edit-array.ts";
export { insertKey, removeKey } from "./edit/edit-key.ts";
export { indentationAt, lineBreakOf, lineStart, nextLine, type Splice, spliced } from "./edit/splice.ts";
export { tomlText } from "./edit/toml-string.ts";
export { flagAt, knownTable, suggestNames, wordAt } from "./read-table.ts";
export {
  entriesAt,
  isTable,
  keyIn,
  listAt,
  parsedAt,
  refuseKey,
  tableAt,
  textAt,
  type TomlTable,
} from "./read-toml.ts";
export {
  flagIn,
  formatKeyPath,
  neededTextIn,
  onlyKeys,
  parsedAtPath,
  parsedIn,
  SchemaError,
  type SchemaPath,
  tableIn,
  tablesIn,
  textIn,
  textsIn,
} from "./schema-error.ts";
export { keyPath, type KeyPath, openDocument, type TomlDocument, withLine } from "./toml-document.ts";
export { tomlKey, tomlLines, TomlTime } from "./write-toml.ts";
