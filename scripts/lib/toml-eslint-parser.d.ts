// The syntax tree of a TOML file is no part of the public API. The declarations of the package name its types by these,
// since those of toml-eslint-parser need eslint.
export namespace AST {
  type TOMLProgram = object;
  type TOMLContentNode = object;
  type TOMLTable = object;
  type TOMLArray = object;
}
