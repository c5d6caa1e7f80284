import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type UnpackHooks, unpackWheel } from "../../../../src/forest/wheels/unpack/unpack-wheel.ts";
import { makeWheel, type WheelRecipe } from "../../../support/make-wheel.ts";
import { bombMembers } from "../../../support/zip-writer.ts";

let root: string;
before(async () => void (root = await mkdtemp(join(tmpdir(), "posy-unpack-"))));
after(() => rm(root, { recursive: true }));

let count = 0;

async function unpack(recipe: Partial<WheelRecipe>, hooks: UnpackHooks = {}) {
  const { filename, bytes } = makeWheel({ name: "demo", ...recipe });
  const dir = join(root, String(count++));
  const into = join(dir, "deep", "er", "into");
  await mkdir(into, { recursive: true });
  await writeFile(join(dir, filename), bytes);
  const unpacked = await unpackWheel({ archive: join(dir, filename), filename, into }, hooks);
  return { ...unpacked, into, dir };
}

async function filesOf(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath.slice(dir.length)}/${entry.name}`.slice(1))
    .sort();
}

const digest = (text: string) => createHash("sha256").update(text).digest("base64url");
const hex = (text: string) => createHash("sha256").update(text).digest("hex");
const elf = (runPath: string) =>
  Buffer.from(`\x7fELF${"\0".repeat(80)}libc.so.6\0${runPath}\0rest`, "latin1");

describe("unpackWheel", () => {
  test("unpacks every scheme of a wheel into its area of the store", async () => {
    const { into, manifest, warnings } = await unpack({
      files: {
        "demo/__init__.py": "",
        "single.py": "x = 1",
        "demo-1.0.data/purelib/pure/a.py": "",
        "demo-1.0.data/platlib/plat.so": "",
        "demo-1.0.data/data/share/demo/x.json": "{}",
        "demo-1.0.data/headers/demo.h": "",
        "demo-1.0.data/scripts/run": "#!python -E\nprint(1)\n",
        "demo-1.0.data/scripts/win": "#!pythonw\r\nprint(1)\r\n",
        "demo-1.0.data/scripts/binary": "\x7fELF",
        "demo/program": { data: "#!/bin/sh\n", mode: 0o100755 },
      },
      entryPoints: { demo: "demo:main.run" },
      guiEntryPoints: { g: "demo:gui" },
      requires: ["b", "a>=1"],
      requiresPython: ">=3.8",
      metadata: ["Provides-Extra: X"],
    });
    assert.deepEqual(warnings, []);
    assert.deepEqual(await filesOf(into), [
      "RECORD",
      "data/share/demo/x.json",
      "files.json",
      "headers/demo.h",
      "scripts/binary",
      "scripts/run",
      "scripts/win",
      "site/demo-1.0.dist-info/INSTALLER",
      "site/demo-1.0.dist-info/METADATA",
      "site/demo-1.0.dist-info/RECORD",
      "site/demo-1.0.dist-info/WHEEL",
      "site/demo-1.0.dist-info/entry_points.txt",
      "site/demo/__init__.py",
      "site/demo/program",
      "site/plat.so",
      "site/pure/a.py",
      "site/single.py",
      "wheel.json",
    ]);
    assert.deepEqual({ ...manifest.site }, { demo: true, "plat.so": false, pure: true, "single.py": false });
    assert.deepEqual({ ...manifest.scripts }, { binary: "other", run: "python", win: "pythonw" });
    assert.deepEqual(manifest.launchers, [
      { name: "demo", module: "demo", attribute: "main.run", gui: false },
      { name: "g", module: "demo", attribute: "gui", gui: true },
    ]);
    assert.deepEqual([manifest.hasData, manifest.hasHeaders], [true, true]);
    assert.deepEqual(manifest.requiresDist, ["a>=1", "b"]);
    assert.equal(manifest.requiresPython, ">=3.8");
    assert.deepEqual(manifest.providesExtra, ["x"]);
    for (const [path, executable] of [
      ["site/demo/program", true],
      ["scripts/binary", true],
      ["scripts/run", true],
      ["site/single.py", false],
    ] as const) {
      const { mode } = await stat(join(into, path));
      assert.equal((mode & 0o100) !== 0, executable, path);
      assert.notEqual(mode & 0o200, 0, "writable");
    }
    const record = await readFile(join(into, "site/demo-1.0.dist-info/RECORD"), "utf8");
    // First: what removes files row by row stops there.
    assert.ok(record.startsWith("demo-1.0.dist-info/INSTALLER/.,,"), record);
    for (const row of [
      `single.py,sha256=${digest("x = 1")},5`,
      `../../../share/demo/x.json,sha256=${digest("{}")},2`,
      "../../../bin/run,,",
      `../../../bin/binary,sha256=${digest("\x7fELF")},4`,
      "../../../bin/demo,,",
      "demo-1.0.dist-info/RECORD,,",
    ]) {
      assert.ok(record.split("\n").includes(row), `${row} in\n${record}`);
    }
    assert.match(await readFile(join(into, "RECORD"), "utf8"), /^demo-1\.0\.data\/scripts\/run,/m);
  });

  test("accepts names and versions in any spelling", async () => {
    for (const recipe of [
      {
        name: "Foo.Bar-baz",
        filename: "foo_bar_baz-1.0-py3-none-any.whl",
        distInfo: "Foo.Bar_baz-1.0.dist-info",
      },
      { name: "demo", version: "1.0", filename: "demo-1.0.0-py3-none-any.whl" },
      { name: "demo", version: "1.0+local.1", filename: "demo-1.0+local.1-py3-none-any.whl" },
      { name: "demo", version: "1.0", filename: "demo-1.0-2b-py3-none-any.whl" },
    ] satisfies WheelRecipe[]) {
      await unpack(recipe);
    }
  });

  test("installs any version of the wheel format up to 1", async () => {
    for (const version of ["0.1", "1", "1.0"]) {
      const wheel = `Wheel-Version: ${version}\nRoot-Is-Purelib: true\nTag: py3-none-any\n`;
      assert.deepEqual((await unpack({ wheel })).warnings, []);
    }
  });

  test("accepts a dist-info with another spelling of the name and version, as pip and uv do", async () => {
    for (const distInfo of ["Demo-1.0.0.dist-info", "demo-9.dist-info", "demo.dist-info"]) {
      const { manifest } = await unpack({ distInfo });
      assert.equal(manifest.distInfo, distInfo);
      assert.deepEqual([manifest.name, manifest.version], ["demo", "1.0"]);
    }
  });

  test("unpacks every data folder of the package, and leaves data folders of other packages in place", async () => {
    const { manifest } = await unpack({
      distInfo: "demo-1.0_x.dist-info",
      files: {
        "demo-1.0.data/scripts/one": "",
        "Demo-1.data/scripts/two": "",
        "demo-1.0_x.data/scripts/three": "",
        "other-1.0.data/scripts/four": "",
      },
    });
    assert.deepEqual(Object.keys(manifest.scripts).sort(), ["one", "three", "two"]);
    assert.deepEqual(Object.keys(manifest.site), ["other-1.0.data"]);
  });

  test("unpacks an empty link as an empty file, as pip and uv do", async () => {
    const { into, warnings } = await unpack({ files: { "demo/npm": { data: "", mode: 0o120755 } } });
    assert.deepEqual(warnings, []);
    const file = await lstat(join(into, "site/demo/npm"));
    assert.deepEqual([file.isFile(), file.size], [true, 0]);
  });

  const a = { files: { a: "x" } };
  const rowOfA = (row: string) => (rows: readonly string[]) =>
    rows.map((each) => (each.startsWith("a,") ? row : each));
  const passes: [string, Partial<WheelRecipe>, RegExp][] = [
    ["a member that RECORD leaves out", { extra: [{ path: "demo/more.py" }] }, /leaves out `demo\/more\.py`/],
    ["an empty RECORD", { record: () => [] }, /leaves out `demo-1\.0\.dist-info\/METADATA`, /],
    ["a row without a hash", { ...a, record: rowOfA("a,,") }, /no secure hash for `a`$/],
    ["a row with its path only", { ...a, record: rowOfA("a") }, /no secure hash for `a`$/],
    [
      "an MD5",
      { ...a, record: rowOfA(`a,md5=${createHash("md5").update("x").digest("base64url")},1`) },
      /no secure hash for `a`$/,
    ],
    ["an unknown hash", { ...a, record: rowOfA("a,blake9=AAAA,1") }, /no secure hash for `a`$/],
    ["a wrong hash", { ...a, record: rowOfA(`a,sha256=${digest("y")},1`) }, /hash or size for `a`$/],
    ["a wrong size", { ...a, record: rowOfA(`a,sha256=${digest("x")},2`) }, /another hash or size for `a`$/],
    [
      "a wrong hash next to a right one",
      { ...a, record: (rows) => [...rows, `a,sha256=${digest("y")},1`] },
      /another hash or size for `a`$/,
    ],
    [
      "a WHEEL that was changed after RECORD was written",
      { record: (rows) => rows.map((row) => row.replace(/WHEEL,.*/, `WHEEL,sha256=${digest("y")},101`)) },
      /another hash or size for `demo-1\.0\.dist-info\/WHEEL`$/,
    ],
    [
      "a row without a member",
      { record: (rows) => [...rows, "gone.py,,"] },
      /it lists `gone\.py`, which the wheel lacks$/,
    ],
    [
      "a row with the path in another case",
      { ...a, record: rowOfA(`A,sha256=${digest("x")},1`) },
      /it leaves out `a`; it lists `A`, which the wheel lacks$/,
    ],
    [
      "an absolute path and a path that leaves the wheel",
      { record: (rows) => [...rows, "/etc/passwd,,", "../../x,,"] },
      /it lists `\/etc\/passwd`, `\.\.\/\.\.\/x`, which the wheel lacks$/,
    ],
    [
      "more errors than it shows",
      { record: (rows) => [...rows, "1,,", "2,,", "3,,", "4,,", "5,,"] },
      /it lists `1`, `2`, `3` and 2 more, which/,
    ],
    [
      "a comma in a path that is not quoted",
      { files: { "d/a,b.txt": "x" }, record: (rows) => rows.map((row) => row.replaceAll('"', "")) },
      /is wrong: line 1: there are 4 fields, not three$/,
    ],
    [
      "an empty fourth field",
      { ...a, record: rowOfA(`a,sha256=${digest("x")},1,`) },
      /: line 1: there are 4/,
    ],
    [
      "a size that is not a number",
      { ...a, record: rowOfA("a,,many") },
      /wrong: line 1: `many` is not a size$/,
    ],
    [
      "a hash that is cut off",
      { ...a, record: rowOfA("a,sha256=AAAA,1") },
      /wrong: line 1: `sha256=AAAA` has 3 bytes, not 32$/,
    ],
    [
      "a row with a wrong hash and no member",
      { record: (rows) => [...rows, "gone.py,sha256=AAAA,3"] },
      /wrong: line 4: `sha256=AAAA` has 3 bytes, not 32$/,
    ],
    [
      "a row without a path",
      { record: (rows) => [...rows, ",sha256=x,1"] },
      /wrong: line 4: there is no path$/,
    ],
    [
      "a hash for RECORD itself that is cut off",
      { record: (rows) => rows.map((row) => row.replace("RECORD,,", "RECORD,sha256=AAAA,3")) },
      /wrong: line 3: `sha256=AAAA` has 3 bytes, not 32$/,
    ],
    [
      "a newer minor version",
      { wheel: "Wheel-Version: 1.9\nRoot-Is-Purelib: true\nTag: py3-none-any\n" },
      /1\.9/,
    ],
  ];
  for (const [what, recipe, warning] of passes) {
    test(`warns of ${what}`, async () => {
      const { warnings } = await unpack(recipe);
      assert.equal(warnings.length, 1, warnings.join("\n"));
      assert.match(warnings[0] ?? "", warning);
    });
  }

  const silent: [string, Partial<WheelRecipe>][] = [
    [
      "a byte order mark",
      { record: (rows) => rows.map((row, index) => (index === 0 ? `\uFEFF${row}` : row)) },
    ],
    ["the line ends of Windows", { record: (rows) => rows.map((row) => `${row}\r`) }],
    ["empty lines", { record: (rows) => rows.flatMap((row) => ["", row]) }],
    ["folders", { record: (rows) => ["demo/,,", ...rows], extra: [{ path: "demo/" }] }],
    [
      "a path that begins with `./`",
      { ...a, record: (rows) => rows.map((row) => row.replace(/^a,/, "./a,")) },
    ],
    ["no row of its own", { record: (rows) => rows.slice(0, -1) }],
    ["no size", { ...a, record: rowOfA(`a,sha256=${digest("x")},`) }],
    ["a hexadecimal hash", { ...a, record: rowOfA(`a,sha256=${hex("x")},1`) }],
    ["a row twice", { record: (rows) => [...rows, ...rows] }],
    [
      "signatures, and files that only installers write",
      {
        extra: ["RECORD.jws", "RECORD.p7s", "INSTALLER", "REQUESTED", "direct_url.json"].map((name) => ({
          path: `demo-1.0.dist-info/${name}`,
        })),
      },
    ],
  ];
  for (const [what, recipe] of silent) {
    test(`does not warn of a RECORD with ${what}`, async () => {
      assert.deepEqual((await unpack(recipe)).warnings, []);
    });
  }

  test("writes the RECORD of the installed wheel from its content", async () => {
    const { into } = await unpack({ ...a, record: () => ["a,sha256=AAAA,7", "gone.py,,"] });
    const record = await readFile(join(into, "site/demo-1.0.dist-info/RECORD"), "utf8");
    assert.ok(record.split("\n").includes(`a,sha256=${digest("x")},1`), record);
    assert.doesNotMatch(record, /gone/);
  });

  test("accepts other hash algorithms and path separators in RECORD", async () => {
    const sha512 = createHash("sha512").update("x").digest("base64url");
    const { warnings } = await unpack({
      files: { "d/a": "x" },
      record: (rows) => rows.map((row) => row.replace(/^d\/a,.*/, `d\\a,sha512=${sha512}==,1`)),
    });
    assert.deepEqual(warnings, []);
  });

  test("ignores files in a wheel's dist-info that only installers write", async () => {
    const { into } = await unpack({
      files: {
        "demo-1.0.dist-info/INSTALLER": "pip\n",
        "demo-1.0.dist-info/REQUESTED": "",
        "demo-1.0.dist-info/direct_url.json": "{}",
      },
    });
    assert.equal(await readFile(join(into, "site/demo-1.0.dist-info/INSTALLER"), "utf8"), "posy\n");
    const record = await readFile(join(into, "site/demo-1.0.dist-info/RECORD"), "utf8");
    assert.doesNotMatch(record, /REQUESTED|direct_url/);
  });

  const reaches: [string, string, string[]][] = [
    ["within the wheel", "$ORIGIN/../demo.libs", []],
    ["its own folder", "$ORIGIN", []],
    ["another wheel", "$ORIGIN/../nvidia/cublas/lib:$ORIGIN", ["demo"]],
    ["the prefix", "${ORIGIN}/../../../..", ["demo"]],
    ["another wheel, on a Mac", "@loader_path/../other/libx.dylib", ["demo"]],
    ["an absolute path", "/usr/lib", []],
  ];
  for (const [what, runPath, reaching] of reaches) {
    test(`${reaching.length > 0 ? "notes" : "does not note"} libraries that look into ${what}`, async () => {
      const files = { "demo/_x.so": elf(runPath), "demo.libs/liby.so": "", "demo/__init__.py": "" };
      assert.deepEqual((await unpack({ files })).manifest.reaching, reaching);
    });
  }

  test("writes large members piece by piece, with the same checks", async () => {
    const large = Buffer.alloc(5e6, "posy");
    elf("$ORIGIN/../other").copy(large);
    const inPieces = { largeFrom: 1e6 };
    const { into, manifest } = await unpack({ files: { "demo/_x.so": { data: large } } }, inPieces);
    assert.deepEqual(manifest.reaching, ["demo"]);
    assert.ok((await readFile(join(into, "site/demo/_x.so"))).equals(large));
    const stored = await unpack({ files: { "a.bin": { data: large, method: "stored" } } }, inPieces);
    assert.ok((await readFile(join(stored.into, "site/a.bin"))).equals(large));
    const sha512 = createHash("sha512").update(large).digest("base64url");
    const record = (rows: readonly string[]) =>
      rows.map((row) => row.replace(/^a\.bin,[^,]*/, `a.bin,sha512=${sha512}`));
    assert.deepEqual((await unpack({ files: { "a.bin": large }, record }, inPieces)).warnings, []);
    const wrong = withHash("a.bin", digest("other"));
    const { warnings } = await unpack({ files: { "a.bin": large }, record: wrong }, inPieces);
    assert.match(warnings.join("\n"), /another hash or size for `a\.bin`$/);

    const invalid: [Partial<WheelRecipe>, string][] = [
      [{ files: { "a.bin": { data: large, central: { crc32: 1 }, local: { crc32: 1 } } } }, "invalid-wheel"],
      [{ files: { "a.bin": { data: large, method: 8 } } }, "invalid-archive"],
    ];
    for (const size of [large.length - 9, large.length + 9]) {
      invalid.push([
        { files: { "a.bin": { data: large, central: { size }, local: { size } } } },
        "invalid-archive",
      ]);
    }
    for (const [recipe, code] of invalid) await assert.rejects(unpack(recipe, inPieces), { code });
  });
});

function withHash(path: string, hash: string) {
  return (rows: readonly string[]) =>
    rows.map((row) => (row.startsWith(`${path},`) ? `${path},sha256=${hash},${row.split(",")[2]}` : row));
}

describe("unpackWheel refuses", () => {
  const link = { mode: 0o120777 };
  const hostile: [string, Partial<WheelRecipe>, string, RegExp][] = [
    ["a path that leaves", { extra: [{ path: "../evil" }] }, "invalid-archive", /leaves/],
    ["a path that leaves deeper", { extra: [{ path: "demo/../../evil" }] }, "invalid-archive", /leaves/],
    ["an absolute path", { extra: [{ path: "/tmp/evil" }] }, "invalid-archive", /absolute/],
    ["a path with a drive", { extra: [{ path: "c:evil" }] }, "invalid-archive", /drive/],
    ["backslashes", { extra: [{ path: "..\\evil" }] }, "invalid-archive", /backslash/],
    ["a NUL", { extra: [{ path: "a\0" }] }, "invalid-archive", /control/],
    ["a link", { extra: [{ path: "l", data: "/etc", ...link }] }, "invalid-wheel", /is a link/],
    [
      "an empty link with members in it",
      { extra: [{ path: "l", ...link }, { path: "l/evil" }] },
      "invalid-archive",
      /other members/,
    ],
    ["a link inside", { extra: [{ path: "l", data: "demo", ...link }] }, "invalid-wheel", /is a link/],
    [
      "a link as a folder",
      { extra: [{ path: "l", data: "/tmp", ...link }, { path: "l/evil" }] },
      "invalid-archive",
      /other members/,
    ],
    ["a device", { extra: [{ path: "d", mode: 0o060666 }] }, "invalid-archive", /neither/],
    ["a member twice", { extra: [{ path: "demo-1.0.dist-info/METADATA" }] }, "invalid-archive", /twice/],
    [
      "a member twice, in two spellings",
      { files: { "a.py": "" }, extra: [{ path: "./a.py" }] },
      "invalid-archive",
      /twice/,
    ],
    [
      "two members with the same path in the store",
      { files: { "x.py": "1", "demo-1.0.data/purelib/x.py": "2" } },
      "invalid-wheel",
      /same file: `demo-1\.0\.data\/purelib\/x\.py`/,
    ],
    [
      "a file where a folder is",
      { files: { "x/y.py": "1", "demo-1.0.data/platlib/x": "2" } },
      "invalid-wheel",
      /same file/,
    ],
    [
      "a folder where a file is",
      { files: { x: "1", "demo-1.0.data/platlib/x/y.py": "2" } },
      "invalid-wheel",
      /same file/,
    ],
    ["an unknown scheme", { files: { "demo-1.0.data/lib/x": "" } }, "invalid-wheel", /none of the schemes/],
    [
      "a scheme with the name of a property of Object",
      { files: { "demo-1.0.data/constructor/x": "" } },
      "invalid-wheel",
      /none of the schemes/,
    ],
    [
      "a file as a scheme",
      { files: { "demo-1.0.data/scripts": "" } },
      "invalid-wheel",
      /is a scheme of `\.data` and not a folder/,
    ],
    ["a file as the data folder", { files: { "demo-1.0.data": "" } }, "invalid-wheel", /none of the schemes/],
    ["no RECORD", { record: () => undefined }, "invalid-wheel", /no `demo-1\.0\.dist-info\/RECORD`/],
    [
      "a RECORD that is a folder",
      { record: () => undefined, extra: [{ path: "demo-1.0.dist-info/RECORD/" }] },
      "invalid-wheel",
      /not a text file/,
    ],
    ["no dist-info", { distInfo: "demo" }, "invalid-wheel", /no `\.dist-info`/],
    ["a dist-info of another name", { distInfo: "other-1.0.dist-info" }, "invalid-wheel", /another name/],
    ["a dist-info of a longer name", { distInfo: "demos-1.0.dist-info" }, "invalid-wheel", /another name/],
    ["two dist-infos", { files: { "demo-1.1.dist-info/x": "" } }, "invalid-wheel", /2 `\.dist-info`/],
    [
      "METADATA of another name",
      { rawMetadata: "Metadata-Version: 2.1\nName: other\nVersion: 1.0\n" },
      "invalid-wheel",
      /`other 1\.0`/,
    ],
    [
      "METADATA of another version",
      { rawMetadata: "Metadata-Version: 2.1\nName: demo\nVersion: 2\n" },
      "invalid-wheel",
      /`demo 2`/,
    ],
    ["malformed METADATA", { rawMetadata: "\0\0" }, "invalid-metadata", /demo-1\.0-py3-none-any\.whl/],
    ["another major version", { wheel: "Wheel-Version: 2.0\n" }, "invalid-wheel", /2\.0/],
    ["no version of the format", { wheel: "" }, "invalid-wheel", /Wheel-Version/],
    ["an entry point with a path", { entryPoints: { "../evil": "demo:main" } }, "invalid-metadata", /evil/],
    ["an entry point with code", { entryPoints: { x: "os;import evil:main" } }, "invalid-metadata", /evil/],
    ["a file that is not a zip", { shape: { suffix: Buffer.from("x") } }, "invalid-archive", /end record/],
    ["a file name that is not a wheel's", { filename: "demo.whl" }, "invalid-filename", /demo\.whl/],
    ["a zip bomb", { extra: bombMembers() }, "invalid-archive", /bomb/],
    ["a name that is too long", { files: { ["n".repeat(300)]: "" } }, "filesystem", /the path is too long/],
  ];
  for (const [what, recipe, code, message] of hostile) {
    test(what, async () => {
      const number = count;
      const outside = await filesOf(root);
      await assert.rejects(unpack(recipe), (error: { code?: string; message: string }) => {
        assert.equal(error.code, code, error.message);
        assert.match(error.message, message);
        return true;
      });
      const written = (await filesOf(root)).filter((path) => !outside.includes(path));
      for (const path of written) assert.match(path, new RegExp(`^${number}/(deep/er/into/|[^/]*\\.whl$)`));
    });
  }
});
