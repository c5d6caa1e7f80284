// The syntax tree of a TOML file is not part of the public API. The declarations of the package use these types, since
// those of toml-eslint-parser need eslint.
export namespace AST {
  type TOMLProgram = object;
  type TOMLContentNode = object;
  type TOMLTable = object;
  type TOMLArray = object;
}
