import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { describe, test } from "node:test";
import { openCompiler } from "../../scripts/mutation/compiles.ts";
import { faultsOf, withFault } from "../../scripts/mutation/faults.ts";
import { shuffled } from "../../scripts/mutation/sample.ts";
import { openTestFinder } from "../../scripts/mutation/tests-of.ts";

const bun = resolve("node_modules", "bun", "bin", "bun.exe");
const script = resolve("scripts", "test-mutation.ts");

const limit =
  "export function isWithin(count: number, limit: number): boolean {\n  return count < limit;\n}\n";
const limitTest = (checks: string) =>
  `import { expect, test } from "bun:test";\nimport { isWithin } from "../../src/thing/limit.ts";\ntest("the limit", () => {\n${checks}\n});\n`;
const weak = limitTest("expect(isWithin(1, 2)).toBe(true); expect(isWithin(3, 2)).toBe(false);");
const strong = limitTest("expect(isWithin(1, 2)).toBe(true); expect(isWithin(2, 2)).toBe(false);");

type Files = Readonly<Record<string, string>>;

interface Fixture extends Disposable {
  readonly root: string;
  /** The folder for temporary files, where the copy is made. */
  readonly temporary: string;
  run(...args: readonly string[]): { readonly status: number | null; readonly output: string };
}

/** Makes a tiny project with its tests. */
function newFixture(files: Files): Fixture {
  const folder = mkdtempSync(join(tmpdir(), "posy-fixture-"));
  const [root, temporary] = [join(folder, "project"), join(folder, "temporary")];
  mkdirSync(temporary);
  const compilerOptions = {
    target: "es2023",
    module: "nodenext",
    strict: true,
    noEmit: true,
    types: [],
    allowImportingTsExtensions: true,
  };
  const all = { "tsconfig.json": JSON.stringify({ compilerOptions }), ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  symlinkSync(resolve("node_modules"), join(root, "node_modules"), "junction");
  return {
    root,
    temporary,
    run(...args) {
      const { status, stdout, stderr } = spawnSync(
        bun,
        [script, "--root", root, "--sample", "all", "--extra-time", "5", ...args],
        { encoding: "utf8", env: { ...process.env, TMPDIR: temporary, TEMP: temporary } },
      );
      return { status, output: stdout + stderr };
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

// The mutation run starts Bun, even if the tests run on Node, which allows less time for a file.
const needsBun = { skip: process.versions["bun"] === undefined };

describe("mutation testing", needsBun, () => {
  test("names a fault that no test notices, and does not change the working tree", () => {
    using fixture = newFixture({ "src/thing/limit.ts": limit, "test/thing/limit.test.ts": weak });
    const { status, output } = fixture.run("src/thing");
    assert.equal(status, 1, output);
    assert.match(output, /src\/thing\/limit\.ts:2: `<` → `<=` in `count < limit`\n {4}return count < limit;/);
    assert.match(output, /^0 of 1 faults noticed \(0\.0 %\)/m);
    assert.equal(readFileSync(join(fixture.root, "src/thing/limit.ts"), "utf8"), limit);
    assert.deepEqual(readdirSync(fixture.temporary), []);
  });

  test("leaves no temporary files of the tests that it ends", () => {
    const source =
      "export function count(): number {\n  let index = 0;\n  while (index !== 3) index++;\n  return index;\n}\n";
    const check = `import { mkdtempSync } from "node:fs";\nimport { tmpdir } from "node:os";\nimport { expect, test } from "bun:test";\nimport { count } from "../../src/thing/count.ts";\nmkdtempSync(tmpdir() + "/left-");\ntest("counts", () => expect(count()).toBe(3));\n`;
    using fixture = newFixture({ "src/thing/count.ts": source, "test/thing/count.test.ts": check });
    fixture.run("src/thing", "--at", "src/thing/count.ts:3");
    assert.deepEqual(readdirSync(fixture.temporary), []);
  });

  test("tries the source as it was at the start, even if it is edited during the run", () => {
    using fixture = newFixture({ "src/thing/limit.ts": limit, "test/thing/limit.test.ts": strong });
    const source = join(fixture.root, "src/thing/limit.ts");
    writeFileSync(source, `${limit}export const isOn = (): boolean => true;\n`);
    const edit = `import { writeFileSync } from "node:fs";\nwriteFileSync(${JSON.stringify(source)}, "");\n`;
    writeFileSync(join(fixture.root, "test/thing/limit.test.ts"), edit + strong);
    assert.match(fixture.run("src/thing").output, /^1 of 2 faults noticed[^]*^not counted: 0 that do not/m);
  });

  test("counts a fault that a test notices, and names that test", () => {
    using fixture = newFixture({ "src/thing/limit.ts": limit, "test/thing/limit.test.ts": strong });
    const { status, output } = fixture.run("src/thing");
    assert.equal(status, 0, output);
    assert.match(output, /killed src\/thing\/limit\.ts:2: .*\(the limit\)/);
    assert.match(output, /^1 of 1 faults noticed \(100\.0 %\)/m);
  });

  test("does not count a fault that the compiler refuses", () => {
    const source = `${limit}export const size: 3 = 3;\n`;
    using fixture = newFixture({ "src/thing/limit.ts": source, "test/thing/limit.test.ts": strong });
    const { output } = fixture.run("src/thing");
    assert.match(output, /^1 of 1 faults noticed/m);
    assert.match(output, /^not counted: 1 that do not compile, 0 accepted/m);
  });

  test("ends tests with an endless loop after a time limit", () => {
    const source =
      "export function count(): number {\n  let index = 0;\n  while (index !== 3) index++;\n  return index;\n}\n";
    const check = `import { expect, test } from "bun:test";\nimport { count } from "../../src/thing/count.ts";\ntest("counts", () => expect(count()).toBe(3));\n`;
    using fixture = newFixture({ "src/thing/count.ts": source, "test/thing/count.test.ts": check });
    const { status, output } = fixture.run("src/thing", "--at", "src/thing/count.ts:3");
    assert.equal(status, 0, output);
    assert.match(output, /timeout src\/thing\/count\.ts:3: removed `index\+\+;`/);
    assert.match(output, /1 of them by a timeout/);
  });

  test("fails if the tests fail without a fault", () => {
    const broken = limitTest("expect(isWithin(1, 2)).toBe(false);");
    using fixture = newFixture({ "src/thing/limit.ts": limit, "test/thing/limit.test.ts": broken });
    const { status, output } = fixture.run("src/thing");
    assert.equal(status, 2, output);
    assert.match(output, /error: the tests fail without a fault/);
  });

  test("ignores a failure if the same test then also fails without the fault", () => {
    const unreliable = `import { appendFileSync, readFileSync } from "node:fs";\n${limitTest(
      'appendFileSync("runs", "x"); expect(readFileSync("runs", "utf8")).toBe("x"); expect(isWithin(1, 2)).toBe(true);',
    )}`;
    using fixture = newFixture({ "src/thing/limit.ts": limit, "test/thing/limit.test.ts": unreliable });
    const { status, output } = fixture.run("src/thing");
    assert.equal(status, 2, output);
    assert.match(output, /fail now and then without a fault/);
  });

  test("skips accepted faults, and refuses an entry that matches no fault or has no reason", () => {
    const entry = {
      file: "src/thing/limit.ts",
      line: "return count < limit;",
      fault: "`<` → `<=` in `count < limit`",
      reason: "for the test",
    };
    const run = (entries: readonly object[]) => {
      using fixture = newFixture({
        "src/thing/limit.ts": `${limit}export const isOn = (): boolean => true;\n`,
        "test/thing/limit.test.ts": weak,
        "scripts/mutation/accepted.json": JSON.stringify(entries),
      });
      return fixture.run("src/thing");
    };
    const accepted = run([entry]);
    assert.equal(accepted.status, 1, accepted.output);
    assert.match(accepted.output, /^0 of 1 faults noticed/m);
    assert.match(accepted.output, /0 that do not compile, 1 accepted/);
    const stale = run([{ ...entry, line: "return count > limit;" }]);
    assert.equal(stale.status, 2, stale.output);
    assert.match(stale.output, /faults that can't be made any more:\nsrc\/thing\/limit\.ts/);
    const silent = run([{ ...entry, reason: "" }]);
    assert.equal(silent.status, 2, silent.output);
    assert.match(silent.output, /lacks its file, line, fault or reason/);
  });

  test("runs the tests that import the file, and those in the same folder that import it indirectly", () => {
    const importing = (path: string) => `import "${path}";\n`;
    using fixture = newFixture({
      "src/thing/limit.ts": limit,
      "src/thing/face.ts": 'export * from "./limit.ts";\n',
      "src/other/other.ts": 'import "../thing/limit.ts";\n',
      "test/thing/limit.test.ts": importing("../../src/thing/limit.ts"),
      "test/thing/face.test.ts": 'await import("../../src/thing/face.ts");\n',
      "test/thing/unrelated.test.ts": 'import "../../src/other/none.ts";\n',
      "test/thing/types.test.ts": 'import type { x } from "../../src/thing/limit.ts";\n',
      "test/other/direct.test.ts": importing("../../src/thing/limit.ts"),
      "test/other/other.test.ts": importing("../../src/other/other.ts"),
      "test/e2e/run.test.ts": importing("../../src/thing/limit.ts"),
    });
    assert.deepEqual(openTestFinder(fixture.root)("src/thing/limit.ts"), [
      "test/thing/limit.test.ts",
      "test/thing/face.test.ts",
      "test/other/direct.test.ts",
    ]);
  });

  test("chooses the same sample for the same seed", () => {
    const items = Array.from({ length: 100 }, (_, index) => index);
    assert.deepEqual(shuffled(items, 7), shuffled(items, 7));
    assert.notDeepEqual(shuffled(items, 7), shuffled(items, 8));
    assert.deepEqual(
      shuffled(items, 7).toSorted((one, other) => one - other),
      items,
    );
  });

  test("refuses unknown paths and numbers", () => {
    using fixture = newFixture({ "src/thing/limit.ts": limit, "test/thing/none.test.ts": "" });
    assert.match(fixture.run("src/nothing").output, /error: there is no `src\/nothing`/);
    assert.match(fixture.run("src/thing", "--seed", "x").output, /`--seed` takes a whole number/);
    assert.equal(fixture.run().status, 2);
    assert.equal(fixture.run("src/thing", "--at", "src/thing/limit.ts:9").status, 1);
  });

  test("counts a fault as unnoticed if no test imports the file", () => {
    using fixture = newFixture({ "src/thing/limit.ts": limit, "test/thing/none.test.ts": "" });
    const { status, output } = fixture.run("src/thing");
    assert.equal(status, 1, output);
    assert.match(output, /survived .* \(no test imports the file\)/);
  });
});

describe("a fault", () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    "const x = a < b;": ["const x = a <= b;"],
    "const x = a === b;": ["const x = a !== b;"],
    "const x = a && b;": ["const x = a;", "const x = b;"],
    "const x = a ?? b;": ["const x = b;"],
    "const x = !a;": ["const x = a;"],
    "const x = a ? b : c;": ["const x = true ? b : c;", "const x = false ? b : c;"],
    "if (a) b();": ["if (true) b();", "if (false) b();", "if (a) ;"],
    "f(true);": [";", "f(false);"],
    "const x = list[0];": ["const x = list[1];"],
    "const x = a - 1;": ["const x = a + 1;", "const x = a - 2;"],
    "async () => { await f(); };": [";", "async () => { f(); };", "async () => { ; };"],
    "async () => await f();": [";"],
    "const x = list.sort(order);": ["const x = list;"],
    "const x = list.some(f);": ["const x = list.every(f);"],
    "const x = Math.min(a, b);": ["const x = Math.max(a, b);"],
    "const x = a < b ? -1 : 1;": ["const x = true ? -1 : 1;", "const x = false ? -1 : 1;"],
    "const x = 2 ** 20;": [],
    "const x = 5_000;": [],
    "type A = 1 | true;": [],
    "let x: 3 | undefined;": [],
    'import { a } from "b";': [],
    'const x = "text";': [],
  };
  for (const [text, expected] of Object.entries(cases)) {
    test(`changes \`${text}\` in every supported way (${expected.length})`, () => {
      const texts = faultsOf("x.ts", text).map((fault) => withFault(text, fault));
      assert.deepEqual(texts.sort(), [...expected].sort());
    });
  }

  test("removes the `await` of `return await` only inside `try` or after `await using`", () => {
    const count = (body: string) =>
      faultsOf("x.ts", `async function f() { ${body} }`).filter(({ what }) => what.startsWith("missing"))
        .length;
    assert.equal(count("return await g();"), 0);
    assert.equal(count("try { return await g(); } catch {}"), 1);
    assert.equal(count("await using x = h(); return await g();"), 1);
  });

  test("is compiled independently of the faults before it", () => {
    using fixture = newFixture({
      "src/x.ts": "export const size: 3 = 3;\nexport const on: boolean = true;\n",
    });
    const compiles = openCompiler(fixture.root);
    const faults = faultsOf("src/x.ts", readFileSync(join(fixture.root, "src/x.ts"), "utf8"));
    assert.deepEqual(faults.map(compiles), [false, true]);
    assert.deepEqual(faults.toReversed().map(compiles), [true, false]);
  });
});
