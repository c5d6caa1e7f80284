import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { flatTree } from "../../src/application/plan/flat-tree.ts";
import { planApplication } from "../../src/application/plan/plan-application.ts";
import type { ApplicationTree } from "../../src/application/index.ts";
import type { Interpreter } from "../../src/model/index.ts";
import { fakeForest, fakePython, targetOf } from "../support/fake-forest.ts";
import { type MadeWheel, makeWheel } from "../support/make-wheel.ts";

const root = mkdtempSync(join(tmpdir(), "posy-flat-"));
after(() => rmSync(root, { recursive: true, force: true }));

const wheel = makeWheel({
  name: "demo",
  files: {
    "demo.py": "",
    "demo-1.0.data/data/share/demo.txt": "",
    "demo-1.0.data/headers/demo.h": "",
    "demo-1.0.data/scripts/native": "\u007fELF",
    "demo-1.0.data/scripts/old": "#!python\nprint('old')\n",
  },
  entryPoints: { demo: "demo:main" },
});

/** Plans the packages alone, for a Python that does not exist. */
async function flat(
  wheels: readonly MadeWheel[],
  change: Partial<Interpreter> = {},
): Promise<{ readonly tree: ApplicationTree; readonly warnings: readonly string[] }> {
  const python = await fakePython(join(root, "python"), { source: { kind: "described" } });
  await using fake = await fakeForest({ python: await fakePython(join(root, "python")) });
  await fake.grow(wheels).catch(() => undefined);
  const described = { ...python, ...change };
  const target = { ...targetOf(wheels, described), platform: described.platform };
  const stored = { wheels: await fake.forest.storeWheels(target) };
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  return { tree: await flatTree(await planApplication({ target, stored, warn }), warn), warnings };
}

const pathsOf = ({ entries }: ApplicationTree) => entries.map(({ path }) => path);

function textOf({ entries }: ApplicationTree, path: string): string {
  const entry = entries.find((each) => each.path === path);
  assert.ok(entry?.kind === "file" && "bytes" in entry.source, `${path} is not a file that was made`);
  return Buffer.from(entry.source.bytes).toString();
}

describe("packages without an interpreter", () => {
  test("are in the folder itself, with programs in `bin` and a RECORD of this layout", async () => {
    const { tree, warnings } = await flat([wheel]);
    assert.deepEqual(warnings, []);
    assert.deepEqual(
      pathsOf(tree).filter((path) => !path.includes(".dist-info/")),
      ["bin/demo", "bin/native", "bin/old", "demo.py", "share/demo.txt"],
    );
    assert.deepEqual([tree.python, tree.sitePackages], ["", ""]);
    assert.deepEqual(
      tree.programs.map(({ path }) => path),
      ["bin/demo", "bin/native", "bin/old"],
    );
    const rows = textOf(tree, "demo-1.0.dist-info/RECORD")
      .split("\n")
      .map((row) => row.split(",")[0] ?? "")
      .filter((path) => !path.includes(".dist-info/") && path !== "");
    assert.deepEqual(rows.sort(), ["bin/demo", "bin/native", "bin/old", "demo.py", "share/demo.txt"]);
    assert.match(textOf(tree, "bin/demo"), /exec "\$\(command -v python3\.13 \|\| echo python3\)" "\$0"/);
  });

  test("have no programs of Python on Windows, because a launcher starts the interpreter beside it", async () => {
    const { tree } = await flat([wheel], {
      platform: "windows-x86_64",
      paths: {
        stdlib: "Lib",
        platstdlib: "Lib",
        purelib: "Lib/site-packages",
        platlib: "Lib/site-packages",
        include: "Include",
        platinclude: "Include",
        scripts: "Scripts",
        data: ".",
      },
    });
    assert.deepEqual(
      pathsOf(tree).filter((path) => !path.includes(".dist-info/")),
      ["bin/native", "demo.py", "share/demo.txt"],
    );
  });

  test("keep the module if a program has the same path", async () => {
    const module = makeWheel({ name: "bin", files: { "bin/demo": "" } });
    const { tree, warnings } = await flat([module, wheel]);
    assert.equal(pathsOf(tree).filter((path) => path === "bin/demo").length, 1);
    assert.match(warnings.join("\n"), /both bring `bin\/demo`/);
  });
});
