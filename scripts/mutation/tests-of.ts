import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";

/** Returns the paths of all files in a folder whose names end so, from the root, with forward slashes, sorted. */
export function filesIn(root: string, folder: string, end: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(end) && statSync(join(root, folder, name)).isFile())
    .map((name) => slashed(join(folder, name)))
    .sort();
}

export function slashed(path: string): string {
  return path.replaceAll("\\", "/");
}

/**
 * Returns a function that finds the tests for a source file: the tests in the folder of `test/` that has the name of
 * its folder in `src/`, and all tests that import the file itself. In the first case a test must also reach the file by
 * its imports. The result is sorted: a test with the name of the file comes first, then those in the same folder, then
 * those that import it with fewer steps. `unit` tests only: those in `test/e2e` and `test/network` start programs and
 * import nothing.
 */
export function openTestFinder(root: string): (file: string) => readonly string[] {
  const tests = filesIn(root, "test", ".test.ts").filter((path) => !/^test\/(e2e|network)\//.test(path));
  const imports = new Map<string, readonly string[]>();
  const importsOf = (file: string): readonly string[] => {
    const known = imports.get(file) ?? readImports(root, file);
    imports.set(file, known);
    return known;
  };
  const distances = new Map<string, ReadonlyMap<string, number>>();
  const distancesFrom = (test: string): ReadonlyMap<string, number> => {
    const known = distances.get(test) ?? walk(test, importsOf);
    distances.set(test, known);
    return known;
  };
  return (file) => {
    const [, folder = ""] = file.split("/");
    const name = file.replace(/^src\//, "test/").replace(/\.ts$/, ".test.ts");
    /** 0 for a test with the name of the file, 1 for one in the same folder, 2 for others. */
    const rankOf = (test: string) => (test === name ? 0 : dirname(test) === dirname(name) ? 1 : 2);
    return tests
      .flatMap((test) => {
        const distance = distancesFrom(test).get(file);
        if (distance === undefined) return [];
        return distance <= 1 || test.startsWith(`test/${folder}/`) ? [{ test, distance }] : [];
      })
      .sort((one, other) => rankOf(one.test) - rankOf(other.test) || one.distance - other.distance)
      .map(({ test }) => test);
  };
}

/** Returns how many imports lead from a file to each other file. */
function walk(start: string, importsOf: (file: string) => readonly string[]): ReadonlyMap<string, number> {
  const distances = new Map([[start, 0]]);
  for (const [file, distance] of distances) {
    for (const imported of importsOf(file)) {
      // A map also yields what is added during the loop.
      if (!distances.has(imported)) distances.set(imported, distance + 1);
    }
  }
  return distances;
}

/**
 * Returns the files of the project that a file imports, statically or by `import()`, except for their types, and the
 * programs of the tests that it starts.
 */
function readImports(root: string, file: string): readonly string[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(root, file), "utf8"),
    ts.ScriptTarget.Latest,
    true,
  );
  const specifiers: string[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isImportDeclaration(node) &&
      !node.importClause?.isTypeOnly &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      specifiers.push(node.moduleSpecifier.text);
    } else if (
      ts.isExportDeclaration(node) &&
      !node.isTypeOnly &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      specifiers.push(node.moduleSpecifier.text);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      if (argument !== undefined && ts.isStringLiteral(argument)) specifiers.push(argument.text);
    } else if (ts.isNewExpression(node) && node.expression.getText() === "URL") {
      // A program that the test starts: `new URL("child.ts", import.meta.url)`.
      const [argument] = node.arguments ?? [];
      if (argument !== undefined && ts.isStringLiteral(argument)) {
        specifiers.push(argument.text.replace(/^(?!\.)/, "./"));
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return specifiers
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => slashed(relative(root, join(root, dirname(file), specifier))))
    .filter((path) => path.endsWith(".ts") && existsSync(join(root, path)));
}
