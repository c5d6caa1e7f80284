import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { parseEntryPoint } from "../../src/application/plan/entry-point.ts";
import { movableHead, scriptStarter, startOfOwnPython } from "../../src/application/plan/movable-head.ts";
import { planApplication } from "../../src/application/plan/plan-application.ts";
import type { ApplicationTree } from "../../src/application/index.ts";
import type { Interpreter, PackagePin } from "../../src/model/index.ts";
import { fakeForest, fakePython, targetOf } from "../support/fake-forest.ts";
import { type MadeWheel, makeWheel } from "../support/make-wheel.ts";

const catalogue = {
  kind: "catalogue",
  purl: "pkg:generic/python@3.13.5",
  filename: "python.zip",
  size: 1,
  hashes: { sha256: "0".repeat(64) },
} as const;

const root = mkdtempSync(join(tmpdir(), "posy-plan-"));
after(() => rmSync(root, { recursive: true, force: true }));

async function plan(
  wheels: readonly MadeWheel[],
  changes: {
    readonly python?: Partial<Interpreter>;
    readonly pins?: Readonly<Record<string, Partial<PackagePin>>>;
    readonly entryPoints?: readonly string[];
  } = {},
): Promise<{ readonly tree: ApplicationTree; readonly warnings: readonly string[] }> {
  const python = await fakePython(join(root, "python"), { source: catalogue, ...changes.python });
  await using fake = await fakeForest({ python });
  // Growing fails for this shell script of a Python, but stores the wheels.
  await fake.grow(wheels).catch(() => undefined);
  const target = { ...targetOf(wheels, python, changes.pins), platform: python.platform };
  const warnings: string[] = [];
  const stored = await fake.forest.store(target);
  const entryPoints = (changes.entryPoints ?? []).map(parseEntryPoint);
  const tree = await planApplication({
    target,
    stored,
    entryPoints,
    warn: (message) => warnings.push(message),
  });
  return { tree, warnings };
}

const textOf = ({ entries }: ApplicationTree, path: string): string => {
  const entry = entries.find((each) => each.path === path);
  assert.ok(entry?.kind === "file" && "bytes" in entry.source, `${path} is not a file that was made`);
  return Buffer.from(entry.source.bytes).toString();
};

describe("planApplication", () => {
  const site = "lib/python3.13/site-packages";

  test("has packages in the interpreter's site-packages, with a RECORD of this layout", async () => {
    const wheel = makeWheel({
      name: "demo",
      files: { "demo.py": "", "demo-1.0.data/data/share/demo.txt": "" },
      entryPoints: { demo: "demo:main" },
    });
    const { tree, warnings } = await plan([wheel]);
    assert.deepEqual(warnings, []);
    assert.deepEqual(tree.programs, [
      { name: "demo", path: "bin/demo", call: { module: "demo", attribute: "main" }, gui: false },
    ]);
    const paths = tree.entries.map(({ path }) => path);
    assert.ok([`${site}/demo.py`, "share/demo.txt", "bin/python"].every((path) => paths.includes(path)));
    assert.ok(
      !paths.some((path) => /RECORD$|EXTERNALLY-MANAGED|pyvenv/.test(path) && path.startsWith("pybi-info")),
    );
    const record = textOf(tree, `${site}/demo-1.0.dist-info/RECORD`).split("\n");
    assert.ok(record.includes("../../../bin/demo,,"));
    assert.ok(record.includes("../../../share/demo.txt,,"));
    assert.ok(!record.some((row) => row.includes("INSTALLER/.")));
  });

  test("records where a package comes from only if another machine can read it", async () => {
    const [here, there] = ["here", "there"].map((name) => makeWheel({ name, files: { [`${name}.py`]: "" } }));
    assert.ok(here && there);
    const artifact = (wheel: MadeWheel, url: string) => ({
      artifact: {
        kind: "wheel",
        filename: wheel.filename,
        url,
        hashes: { sha256: wheel.sha256 },
        direct: true,
      } as const,
    });
    const { tree } = await plan([here, there], {
      pins: {
        here: artifact(here, "file:///home/me/here-1.0-py3-none-any.whl"),
        there: artifact(there, "https://files.example/there-1.0-py3-none-any.whl"),
      },
    });
    const direct = tree.entries
      .filter(({ path }) => path.endsWith("direct_url.json"))
      .map(({ owner }) => owner);
    assert.deepEqual(direct, ["there"]);
  });

  test("keeps the first of two different files, and warns", async () => {
    const { tree, warnings } = await plan([
      makeWheel({ name: "one", files: { "shared.py": "1" } }),
      makeWheel({ name: "two", files: { "shared.py": "22" } }),
    ]);
    assert.equal(tree.entries.find(({ path }) => path === `${site}/shared.py`)?.owner, "one");
    assert.deepEqual(warnings, [
      `\`one\` and \`two\` both bring \`${site}/shared.py\`: the file of \`one\` is used`,
    ]);
  });

  test("finds names that differ only in case on platforms that do not tell them apart", async () => {
    const wheels = [
      makeWheel({ name: "one", files: { "Pkg/a.py": "" } }),
      makeWheel({ name: "two", files: { "pkg/b.py": "" } }),
    ];
    const folders = async (platform: "linux-x86_64" | "macos-arm64") => {
      const { tree } = await plan(wheels, { python: { platform } });
      return tree.entries.flatMap(({ path }) => /site-packages\/(pkg)\//i.exec(path)?.[1] ?? []);
    };
    assert.deepEqual(await folders("linux-x86_64"), ["Pkg", "pkg"]);
    assert.deepEqual(await folders("macos-arm64"), ["Pkg", "Pkg"]);
  });

  test("is sorted by the bytes of paths", async () => {
    const { tree } = await plan([
      makeWheel({ name: "demo", files: { "b.py": "", "a/x.py": "", "a.py": "", "é.py": "" } }),
    ]);
    const paths = tree.entries.map(({ path }) => Buffer.from(path));
    assert.deepEqual(
      paths,
      [...paths].sort((a, b) => Buffer.compare(a, b)),
    );
  });

  test("refuses an entry point whose module is missing", async () => {
    const wheel = makeWheel({ name: "demo", files: { "demo/__init__.py": "" } });
    await plan([wheel], { entryPoints: ["a=demo:main"] });
    await assert.rejects(plan([wheel], { entryPoints: ["a=demo.web:main"] }), { code: "not-found" });
    await assert.rejects(plan([wheel], { entryPoints: ["a=demos:main"] }), { code: "not-found" });
  });

  test("refuses a Python that is installed on this machine", async () => {
    const adopted = (await fakePython(join(root, "adopted"))).source;
    await assert.rejects(plan([], { python: { source: adopted } }), { code: "no-interpreter" });
  });
});

describe("an entry point", () => {
  for (const [text, expected] of [
    ["serve=shop.web:main", { name: "serve", module: "shop.web", attribute: "main" }],
    ["my-app.x = a : b.c", { name: "my-app.x", module: "a", attribute: "b.c" }],
  ] as const) {
    test(`is read from \`${text}\``, () => assert.deepEqual(parseEntryPoint(text), expected));
  }
  for (const text of ["serve", "serve=shop", "=a:b", "../x=a:b", "x=a:b()", "x=a-b:c", "x=1a:b", "-x=a:b"]) {
    test(`is refused for \`${text}\``, () => {
      assert.throws(() => parseEntryPoint(text), { code: "usage" });
    });
  }
});

describe("the head of a launcher", { skip: process.platform === "win32" }, () => {
  test("is valid for sh and for Python, and finds its folder from anywhere", () => {
    const folder = join(root, "it's a $HOME `pwd`\"", "bin");
    mkdirSync(folder, { recursive: true });
    // A Python that shows how it was started.
    writeFileSync(join(folder, "fake"), '#!/bin/sh\nprintf "%s|" "${0%/*}" "$@"\n');
    writeFileSync(join(folder, "program"), `${movableHead(startOfOwnPython("fake"))}print(1)\n`);
    writeFileSync(join(folder, "starter"), scriptStarter(startOfOwnPython("fake"), "x.py"));
    for (const name of ["fake", "program", "starter"]) chmodSync(join(folder, name), 0o755);
    const link = join(root, "-link");
    symlinkSync(join(folder, "program"), link);
    assert.equal(execFileSync(link, ["a b", "*"], { encoding: "utf8" }), `${folder}|-s|${link}|a b|*|`);
    const relative = execFileSync("sh", ["program", ""], { cwd: folder, encoding: "utf8" });
    assert.equal(relative, `${folder}|-s|program||`);
    const found = execFileSync("sh", ["-c", "starter"], {
      env: { PATH: `${folder}:/usr/bin:/bin` },
      encoding: "utf8",
    });
    assert.equal(found, `${folder}|-s|${folder}/x.py|`);
    assert.ok(!/'''|\\/.test(movableHead(startOfOwnPython("fake")).split("\n").slice(2, -2).join("\n")));
  });
});
