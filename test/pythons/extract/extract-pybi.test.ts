import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { localPybi } from "../../../src/pythons/pybi/local-pybi.ts";
import { checkLinks } from "../../../src/pythons/extract/check-links.ts";
import { checkStoredPybiMetadata } from "../../../src/pythons/extract/check-pybi-metadata.ts";
import { extractInterpreter } from "../../../src/pythons/extract/extract-interpreter.ts";
import { verifyInterpreter } from "../../../src/forest/interpreters/verify-interpreter.ts";
import { makePybi, type PybiRecipe } from "../../support/make-pybi.ts";
import { newSandbox, type Sandbox, testMachine } from "../sandbox.ts";

const platform = process.arch === "arm64" ? "linux-aarch64" : testMachine.platform;

async function placed(sandbox: Sandbox, recipe: PybiRecipe): Promise<string> {
  const { filename, bytes } = makePybi(recipe);
  const path = join(sandbox.root, filename);
  writeFileSync(path, bytes);
  const into = join(sandbox.root, "trees", "tree");
  mkdirSync(into, { recursive: true });
  await extractInterpreter(await localPybi(path, platform), path, into);
  // RECORD names every file and every link.
  assert.deepEqual(await verifyInterpreter(into, { full: true }), []);
  return into;
}

describe("unpacking a pybi", { skip: process.platform === "win32" }, () => {
  test("keeps links and executable bits", async () => {
    using sandbox = newSandbox();
    const tree = await placed(sandbox, {
      links: { "bin/python3": "python", "lib/again": "../bin", "lib/python3.13/deep/os.py": "../os.py" },
    });
    assert.equal(readlinkSync(join(tree, "bin/python3")), "python");
    assert.equal(readlinkSync(join(tree, "lib/again")), "../bin");
    assert.ok(existsSync(join(tree, "lib/python3.13/deep/os.py")));
    assert.equal(statSync(join(tree, "bin/python")).mode & 0o111, 0o111);
    assert.equal(statSync(join(tree, "lib/python3.13/os.py")).mode & 0o111, 0);
    assert.match(readFileSync(join(tree, "pybi-info/RECORD"), "utf8"), /^bin\/python3,symlink=python,$/m);
  });

  test("ends with an error if a file is in the way", async () => {
    using sandbox = newSandbox();
    const { filename, bytes } = makePybi({});
    const path = join(sandbox.root, filename);
    writeFileSync(path, bytes);
    const into = join(sandbox.root, "tree");
    mkdirSync(join(into, "bin"), { recursive: true });
    writeFileSync(join(into, "bin/python"), "another");
    await assert.rejects(extractInterpreter(await localPybi(path, platform), path, into), /bin[/]python/);
    assert.equal(readFileSync(join(into, "bin/python"), "utf8"), "another");
  });

  test("makes a file executable if anybody may execute it, but not because anybody may write it", async () => {
    using sandbox = newSandbox();
    const file = (mode: number) => ({ data: "x", mode: 0o100000 | mode });
    const modes = { "lib/a": file(0o645), "lib/b": file(0o654), "lib/c": file(0o666), "bin/d": file(0o646) };
    const tree = await placed(sandbox, { files: modes });
    const executable = Object.keys(modes).filter((path) => (statSync(join(tree, path)).mode & 0o111) !== 0);
    assert.deepEqual(executable, ["lib/a", "lib/b"]);
  });

  test("makes the folder of packages if the archive has none", async () => {
    using sandbox = newSandbox();
    const tree = await placed(sandbox, { paths: { purelib: "lib/packages" } });
    assert.deepEqual(readdirSync(join(tree, "lib/packages")), []);
  });

  for (const [tag, on, isRefused] of [
    ["manylinux_2_17_x86_64", "linux-x86_64", false],
    ["macosx_11_0_x86_64", "macos-x86_64", true],
  ] as const) {
    test(`${isRefused ? "refuses" : "accepts"} names that differ only in case on ${on}`, async () => {
      using sandbox = newSandbox();
      const { filename, bytes } = makePybi({ platformTag: tag, files: { "lib/Data": "1", "lib/data": "2" } });
      const path = join(sandbox.root, filename);
      writeFileSync(path, bytes);
      const into = join(sandbox.root, "tree");
      mkdirSync(into);
      const done = extractInterpreter(await localPybi(path, on), path, into);
      if (isRefused) await assert.rejects(done, { code: "invalid-archive" });
      else await done;
    });
  }

  test("makes programs executable if the archive has no modes", async () => {
    using sandbox = newSandbox();
    const tree = await placed(sandbox, {
      files: { "bin/tool": { data: "x", mode: 0 }, "lib/data": { data: "x", mode: 0 } },
    });
    assert.equal(statSync(join(tree, "bin/tool")).mode & 0o111, 0o111);
    assert.equal(statSync(join(tree, "lib/data")).mode & 0o111, 0);
  });

  test("accepts hashes padded with `=` and hashes of other strong algorithms", async () => {
    using sandbox = newSandbox();
    await placed(sandbox, {
      record: (rows) => rows.map((row) => row.replace(/(sha256=[\w-]{43}),/, "$1=,")),
    });
  });
});

describe("unpacking refuses a pybi", { skip: process.platform === "win32" }, () => {
  test("whose metadata differ from those by which it was chosen", async () => {
    using sandbox = newSandbox();
    const { filename, bytes } = makePybi();
    const path = join(sandbox.root, filename);
    writeFileSync(path, bytes);
    const python = await localPybi(path, platform);
    const into = join(sandbox.root, "tree");
    mkdirSync(into);
    for (const lie of [{ wheelTags: ["cp313-cp313-PLATFORM"] }, { version: "3.13.6" }, { markers: {} }]) {
      await assert.rejects(extractInterpreter({ ...python, ...lie }, path, into), {
        code: "metadata-mismatch",
      });
      assert.deepEqual(readdirSync(into), []);
    }
    await extractInterpreter(python, path, into);
  });

  test("that is stored already, with other metadata than those by which it was chosen", async () => {
    using sandbox = newSandbox();
    const { filename, bytes } = makePybi();
    const path = join(sandbox.root, filename);
    writeFileSync(path, bytes);
    const python = await localPybi(path, platform);
    const tree = join(sandbox.root, "tree");
    mkdirSync(tree);
    checkStoredPybiMetadata({ ...python, version: "3.13.6" }, tree, filename);
    await extractInterpreter(python, path, tree);
    const reversed = Object.fromEntries(Object.entries(python.markers).toReversed());
    checkStoredPybiMetadata({ ...python, markers: reversed as typeof python.markers }, tree, filename);
    for (const lie of [{ version: "3.13.6" }, { markers: {} }, { wheelTags: [] }, { freeThreaded: true }]) {
      assert.throws(() => checkStoredPybiMetadata({ ...python, ...lie }, tree, filename), {
        code: "metadata-mismatch",
      });
    }
  });

  const renamed: Readonly<Record<string, readonly [change: (name: string) => string, says: RegExp]>> = {
    version: [(name) => name.replace("3.13.5", "3.13.9"), /METADATA is for `cpython-unofficial 3\.13\.5`/],
    name: [(name) => name.replace("cpython_unofficial", "other"), /METADATA is for `cpython-unofficial/],
    platform: [(name) => name.replace("manylinux_2_17", "manylinux_2_5"), /PYBI is for/],
    build: [(name) => name.replace("3.13.5", "3.13.5-2"), /PYBI is for build/],
  };
  for (const [what, [change, says]] of Object.entries(renamed)) {
    test(`whose file name has another ${what} than its metadata`, async () => {
      using sandbox = newSandbox();
      const { filename, bytes } = makePybi();
      const path = join(sandbox.root, change(filename));
      writeFileSync(path, bytes);
      await assert.rejects(localPybi(path, platform), { code: "invalid-pybi", message: says });
    });
  }

  const bad: Readonly<Record<string, readonly [code: string, recipe: PybiRecipe]>> = {
    "a file that RECORD leaves out": ["invalid-record", { extra: [{ path: "lib/more", data: "x" }] }],
    "a file that only RECORD has": ["invalid-record", { record: (rows) => [...rows, "lib/none,,"] }],
    "a duplicate row in RECORD": ["invalid-record", { record: (rows) => [...rows, rows[0] ?? ""] }],
    "a file without a hash in RECORD": [
      "invalid-record",
      { record: (rows) => rows.map((row) => row.replace(/^(bin\/python),.*/, "$1,,")) },
    ],
    "a weak hash in RECORD": [
      "invalid-record",
      {
        record: (rows) =>
          rows.map((row) => row.replace(/^(bin\/python),.*/, "$1,md5=1B2M2Y8AsgTpgAmY7PhCfg,")),
      },
    ],
    "a file whose hash is not that of RECORD": [
      "invalid-record",
      {
        record: (rows) =>
          rows.map((row) => row.replace(/^(bin\/python),[^,]*/, `$1,sha256=${"A".repeat(43)}`)),
      },
    ],
    "a file whose size is not that of RECORD": [
      "invalid-record",
      { record: (rows) => rows.map((row) => row.replace(/^(bin\/python,.*),\d+$/, "$1,1")) },
    ],
    "a file that RECORD calls a link": [
      "invalid-record",
      { record: (rows) => rows.map((row) => row.replace(/^(bin\/python),.*/, "$1,symlink=python3,")) },
    ],
    "a link that RECORD calls a file": [
      "invalid-record",
      {
        links: { "bin/python3": "python" },
        record: (rows) =>
          rows.map((row) => row.replace(/^(bin\/python3),.*/, `$1,sha256=${"A".repeat(43)},6`)),
      },
    ],
    "a link whose target is not that of RECORD": [
      "invalid-record",
      {
        links: { "bin/python3": "python" },
        record: (rows) => rows.map((row) => row.replace("symlink=python,", "symlink=sh,")),
      },
    ],
    "a missing RECORD": ["invalid-pybi", { record: () => undefined }],
    "an absolute link": ["invalid-pybi", { links: { "bin/sh": "/bin/sh" } }],
    "a link out of the tree": ["invalid-pybi", { links: { "bin/sh": "../../sh" } }],
    "a link out of the tree through another link": [
      "invalid-pybi",
      { links: { "lib/up": "..", out: "lib/up/../x" } },
    ],
    "a link in pybi-info": ["invalid-pybi", { links: { "pybi-info/x": "METADATA" } }],
    "a file below a link": ["invalid-archive", { links: { there: "bin" }, files: { "there/x": "x" } }],
    "a link below a link": ["invalid-archive", { links: { "lib/x": "../bin", "lib/x/y": "python" } }],
    "a link above a link": ["invalid-archive", { links: { "lib/x/y": "python", "lib/x": "../bin" } }],
    "two members with the same name": ["invalid-archive", { extra: [{ path: "bin/python", data: "x" }] }],
    "a name that leaves the tree": ["invalid-archive", { extra: [{ path: "../x", data: "x" }] }],
    "a file that is named like a device of Windows": ["invalid-archive", { files: { "lib/nul.py": "x" } }],
    "a backslash in a file name": ["invalid-archive", { files: { "lib\\x.py": "x" } }],
  };
  for (const [name, [code, recipe]] of Object.entries(bad)) {
    test(`with ${name}`, async () => {
      using sandbox = newSandbox();
      await assert.rejects(placed(sandbox, recipe), (error: Error & { code?: string }) => {
        assert.equal(error.code, code, error.message);
        assert.match(error.message, /cpython_unofficial/);
        return true;
      });
      // Nothing was written outside of the tree.
      assert.deepEqual(
        existsSync(join(sandbox.root, "trees")) ? readdirSync(join(sandbox.root, "trees")) : [],
        existsSync(join(sandbox.root, "trees")) ? ["tree"] : [],
      );
    });
  }
});

describe("links of a pybi", () => {
  const check = (links: Record<string, string>, on = "linux-x86_64") =>
    checkLinks(new Map(Object.entries(links)), "x.pybi", on);

  test("are refused on Windows", () => {
    check({ a: "b" });
    assert.throws(() => check({ a: "b" }, "windows-x86_64"), { code: "invalid-pybi" });
  });

  test("are refused if their target is not a path", () => {
    for (const target of ["", "a\\b", "C:/x", "a\u0000b", "a\nb"]) {
      assert.throws(() => check({ "bin/x": target }), { code: "invalid-pybi" }, JSON.stringify(target));
    }
  });

  test("are refused if they are circular", () => {
    assert.throws(() => check({ a: "b", b: "a" }), { code: "invalid-pybi" });
    assert.throws(() => check({ a: "a" }), { code: "invalid-pybi" });
    assert.throws(() => check({ a: "b/x", b: "a/x" }), { code: "invalid-pybi" });
  });

  test("are followed through other links, as the system does", () => {
    // A second implementation: it resolves every path from the root, one link at a time, recursively.
    const names = ["a", "b", "c"];
    const path = fc
      .array(fc.constantFrom(...names), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.join("/"));
    const target = fc
      .array(fc.constantFrom(...names, "..", "."), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join("/"));
    fc.assert(
      fc.property(fc.dictionary(path, target, { maxKeys: 4 }), (links) => {
        const paths = Object.keys(links);
        // Archives with members below a link are refused earlier.
        fc.pre(!paths.some((one) => paths.some((other) => other.startsWith(`${one}/`))));
        let accepted = true;
        try {
          check(links);
        } catch {
          accepted = false;
        }
        assert.equal(
          accepted,
          paths.every((each) => resolves(links, each, 0) !== undefined),
        );
      }),
      { numRuns: 500 },
    );
  });
});

/** Returns the final target of a path; undefined if it leaves the root or is circular. */
function resolves(links: Readonly<Record<string, string>>, path: string, depth: number): string | undefined {
  if (depth > 30) return undefined;
  let at = "";
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment === "..") {
      if (at === "") return undefined;
      at = at.includes("/") ? at.slice(0, at.lastIndexOf("/")) : "";
      continue;
    }
    const here = at === "" ? segment : `${at}/${segment}`;
    const target = Object.hasOwn(links, here) ? links[here] : undefined;
    const next =
      target === undefined ? here : resolves(links, at === "" ? target : `${at}/${target}`, depth + 1);
    if (next === undefined) return undefined;
    at = next;
  }
  return at;
}
