import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { describeInterpreter } from "../../../../src/pythons/compatibility/describe-interpreter.ts";
import { checkPybi } from "../../../../src/pythons/pybi/check/check-pybi.ts";
import { checkByRunning } from "../../../../src/pythons/pybi/check/run/check-by-running.ts";
import { greeting } from "../../../../src/pythons/pybi/check/run/loopback-server.ts";
import type { Rule } from "../../../../src/pythons/pybi/check/rules.ts";
import { thisMachine } from "../../../../src/system/machine/machine.ts";
import { unpackPybi } from "../../../../src/pythons/pybi/unpack-pybi.ts";
import { parseVersion } from "../../../../src/vocab/version/version.ts";
import { makePybi, type PybiRecipe } from "../../../support/make-pybi.ts";
import { newSandbox } from "../../sandbox.ts";

const link = 0o120777;
const A = "A".repeat(43);
const row = (path: string, text: string) => (rows: readonly string[]) =>
  rows.map((each) => (each.startsWith(`${path},`) ? text : each));
const windows = { platformTag: "win_amd64" };
const more = (path: string, data = "x") => ({ extra: [{ path, data }] });

/** Each with the rule that it breaks, and perhaps another file name than that of the recipe. */
const hostile: Readonly<Record<string, readonly [Rule, PybiRecipe, filename?: string]>> = {
  "a name of two parts": ["name", {}, "cpython-3.13.5.pybi"],
  "a build tag without a digit": ["name", {}, "cpython_unofficial-3.13.5-x1-manylinux_2_17_x86_64.pybi"],
  "a file that is not a zip": ["archive", { shape: { prefix: Buffer.alloc(64), directoryOffset: 1 } }],
  "two end records": ["archive", { shape: { suffix: Buffer.from("PK\x05\x06") } }],
  "an encrypted member": ["archive", { extra: [{ path: "x", data: "x", flags: 1 }] }],
  "another name in the local header": [
    "archive",
    { extra: [{ path: "x", data: "x", local: { path: "y" } }] },
  ],
  "a wrong CRC": [
    "archive",
    { files: { "lib/x": { data: "x", central: { crc32: 7 }, local: { crc32: 7 } } } },
  ],
  "a device file": ["archive", { extra: [{ path: "x", data: "", mode: 0o020666 }] }],
  "an absolute name": ["member-name", more("/escaped")],
  "a name that leaves the root": ["member-name", more("lib/../../escaped")],
  "a drive of Windows": ["member-name", more("C:escaped")],
  backslashes: ["member-name", more("lib\\..\\..\\escaped")],
  "the name of a device of Windows": ["member-name", more("lib/aux.py")],
  "a trailing dot": ["member-name", more("lib/python3.13./x")],
  "a control character": ["member-name", more("lib/a\u0007b")],
  "an alternate stream": ["member-name", more("lib/os.py:evil")],
  "a name twice": ["member-twice", more("bin/python", "evil")],
  "a name that is the same after normalising": ["member-twice", more("bin//./python", "evil")],
  "a file that is also a folder": ["member-twice", more("bin/python/evil")],
  "names that differ in case, for Windows": ["member-twice", { ...windows, ...more("LIB/python3.13/OS.py") }],
  "a file below a link": ["member-through-link", { links: { there: "bin" }, files: { "there/x": "x" } }],
  "a file below a link that comes later": [
    "member-through-link",
    { files: { "there/x": "x" }, extra: [{ path: "there", data: "/tmp", mode: link }] },
  ],
  "a link for Windows": ["link-on-windows", { ...windows, links: { "bin/x": "python" } }],
  "a link in pybi-info": ["link-in-info", { links: { "pybi-info/x": "METADATA" } }],
  "a link with a backslash": ["link-target", { links: { "bin/x": "python\\" } }],
  "an absolute link": ["link-target-absolute", { links: { "bin/sh": "/bin/sh" } }],
  "a link to a drive": ["link-target-absolute", { links: { "bin/sh": "C:/x" } }],
  "a link out of the root": ["link-target-outside", { links: { "bin/x": "../../escaped" } }],
  "a link out through another": ["link-target-outside", { links: { "lib/up": "..", out: "lib/up/../x" } }],
  "links in a circle": ["link-loop", { links: { a: "b", b: "a" } }],
  "a file that is missing in RECORD": ["record-missing", more("lib/more")],
  "a link that is missing in RECORD": [
    "record-link",
    { extra: [{ path: "bin/x", data: "python", mode: link }] },
  ],
  "a link with another target than in RECORD": [
    "record-link",
    { links: { "bin/x": "python" }, record: row("bin/x", "bin/x,symlink=sh,") },
  ],
  "a link that is a file in RECORD": [
    "record-link",
    { links: { "bin/x": "python" }, record: row("bin/x", `bin/x,sha256=${A},6`) },
  ],
  "a file that is a link in RECORD": ["record-link", { record: row("bin/python", "bin/python,symlink=sh,") }],
  "a row without a file": ["record-nowhere", { record: (rows) => [...rows, `lib/none,sha256=${A},1`] }],
  "a row twice": ["record-twice", { record: (rows) => [...rows, rows[0] ?? ""] }],
  "another hash": ["record-hash", { record: row("bin/python", `bin/python,sha256=${A},28`) }],
  "no hash": ["record-hash-weak", { record: row("bin/python", "bin/python,,") }],
  "a weak hash": [
    "record-hash-weak",
    { record: row("bin/python", "bin/python,md5=1B2M2Y8AsgTpgAmY7PhCfg,") },
  ],
  "another size": [
    "record-size",
    { record: (rows) => rows.map((each) => each.replace(/^(bin\/python,.*),\d+$/, "$1,1")) },
  ],
  "a RECORD that is not a table": ["record", { record: () => ["a,b,c,d"] }],
  "no RECORD": ["info-missing", { record: () => undefined }],
  "a dependency": ["metadata-forbidden", { metadata: ["Requires-Dist: numpy"] }],
  "paths that leave the root": ["paths", { paths: { scripts: "../.." } }],
  "a format of the future": ["pybi", { pybi: "Pybi-Version: 9.0\nTag: any\n" }],
  "another version in METADATA than in the file name": [
    "name-differs",
    {},
    "cpython_unofficial-3.13.6-manylinux_2_17_x86_64.pybi",
  ],
};

/** Rules that unpacking does not enforce. */
const harmless = new Set<Rule>(["name-differs"]);

describe("checking reports and unpacking refuses", { skip: process.platform === "win32" }, () => {
  for (const [title, [rule, recipe, otherName]] of Object.entries(hostile)) {
    test(`${title}: \`${rule}\``, async () => {
      using sandbox = newSandbox();
      const { filename, bytes } = makePybi(recipe);
      const path = join(sandbox.root, otherName ?? filename);
      writeFileSync(path, bytes);
      const { findings, good } = await checkPybi(path);
      assert.ok(!good);
      const errors = findings.filter(({ severity }) => severity === "error").map((each) => each.rule);
      assert.ok(errors.includes(rule), `found ${JSON.stringify(findings, undefined, 1)}`);
      if (harmless.has(rule)) return;
      // Unpacking refuses it, too, and leaves no files, neither in its folder nor beside it.
      const deep = join(sandbox.root, "a", "b");
      mkdirSync(deep, { recursive: true });
      await assert.rejects(unpackPybi(path, "tree", deep), { name: "PosyError" });
      assert.deepEqual(readdirSync(deep), []);
      assert.deepEqual(readdirSync(join(sandbox.root, "a")), ["b"]);
      assert.deepEqual(readdirSync(sandbox.root).sort(), ["a", otherName ?? filename].sort());
      assert.ok(!existsSync("/escaped"));
    });
  }
});

test("the message about a link says whether RECORD lacks it or has another target", async () => {
  for (const [record, message] of [
    [(rows: readonly string[]) => rows.filter((each) => !each.startsWith("bin/x,")), "is missing"],
    [row("bin/x", "bin/x,symlink=sh,"), "does not lead to `python`"],
  ] as const) {
    using sandbox = newSandbox();
    const platformTag = "manylinux_2_17_x86_64";
    const { filename, bytes } = makePybi({ platformTag, links: { "bin/x": "python" }, record });
    writeFileSync(join(sandbox.root, filename), bytes);
    const { findings } = await checkPybi(join(sandbox.root, filename));
    const found = findings.find(({ rule }) => rule === "record-link");
    assert.equal(found?.message, `in RECORD \`bin/x\` ${message}`);
  }
});

test("a pybi without a readable RECORD is reported once, not for each of its files and links", async () => {
  for (const [record, rule] of [
    [() => undefined, "info-missing"],
    [() => ["a,b,c,d"], "record"],
  ] as const) {
    using sandbox = newSandbox();
    const platformTag = "manylinux_2_17_x86_64";
    const { filename, bytes } = makePybi({ platformTag, links: { "bin/python3": "python" }, record });
    writeFileSync(join(sandbox.root, filename), bytes);
    const { findings } = await checkPybi(join(sandbox.root, filename));
    const errors = findings.filter(({ severity }) => severity === "error");
    assert.deepEqual(
      errors.map((each) => each.rule),
      [rule],
    );
  }
});

describe("checking reports but unpacking accepts", () => {
  const warned: Readonly<Record<string, readonly [Rule, PybiRecipe]>> = {
    "another tag in PYBI": ["tag-differs", { pybi: "Pybi-Version: 1.0\nTag: manylinux_2_28_x86_64\n" }],
    "a build tag that only PYBI has": [
      "build-differs",
      { pybi: "Pybi-Version: 1.1\nBuild: 1\nTag: manylinux_2_17_x86_64\n" },
    ],
    "a package": ["site-packages", { files: { "lib/python3.13/site-packages/six.py": "" } }],
    "a package without dist-info": ["no-dist-info", { files: { "lib/python3.13/site-packages/six.py": "" } }],
    "tests of the standard library": ["tests", { files: { "lib/python3.13/test/test_os.py": "" } }],
    bytecode: ["bytecode", { files: { "lib/python3.13/__pycache__/os.cpython-313.pyc": "" } }],
    "no ensurepip": ["no-ensurepip", {}],
    "a link without a target": ["link-nowhere", { links: { "bin/x": "none" } }],
  };
  for (const [title, [rule, recipe]] of Object.entries(warned)) {
    test(title, async () => {
      using sandbox = newSandbox();
      const { filename, bytes } = makePybi({ platformTag: "manylinux_2_17_x86_64", ...recipe });
      const path = join(sandbox.root, filename);
      writeFileSync(path, bytes);
      const { findings, good, ran } = await checkPybi(path);
      assert.ok(good && !ran, JSON.stringify(findings));
      assert.ok(findings.some((each) => each.rule === rule && each.severity === "warning"));
    });
  }

  test("a link without a target, but no link to a file, a folder, the root or through another link", async () => {
    using sandbox = newSandbox();
    const links = {
      "bin/file": "python",
      "bin/folder": "../lib/python3.13",
      "bin/slash": "../lib/",
      "bin/top": "..",
      "bin/link": "file",
      "bin/through": "folder/none.py",
      "bin/below": "../lib/python3.13/none",
      "bin/longer": "../lib/python3.1",
    };
    const { filename, bytes } = makePybi({ links, platformTag: "manylinux_2_17_x86_64" });
    writeFileSync(join(sandbox.root, filename), bytes);
    const { findings } = await checkPybi(join(sandbox.root, filename));
    const paths = findings.filter(({ rule }) => rule === "link-nowhere").map(({ path }) => path);
    assert.deepEqual(paths, ["bin/below", "bin/longer"]);
  });

  test("a script with the absolute path of the builder's Python, which is an error", async () => {
    using sandbox = newSandbox();
    const { filename, bytes } = makePybi({
      files: { "bin/pip": "#!/home/me/python/bin/python3\n", "bin/ok": "#!/usr/bin/env python3\n" },
    });
    writeFileSync(join(sandbox.root, filename), bytes);
    const { findings } = await checkPybi(join(sandbox.root, filename));
    assert.deepEqual(
      findings.filter(({ severity }) => severity === "error").map(({ rule, path }) => [rule, path]),
      [["absolute-shebang", "bin/pip"]],
    );
  });
});

test("unpacking says that a folder exists before it reads what is in the archive", async () => {
  using sandbox = newSandbox();
  const { filename, bytes } = makePybi({
    record: row("bin/python", `bin/python,sha256=${A},28`),
    platformTag: "manylinux_2_17_x86_64",
  });
  const path = join(sandbox.root, filename);
  writeFileSync(path, bytes);
  await assert.rejects(unpackPybi(path, "tree", sandbox.root), { code: "invalid-record" });
  mkdirSync(join(sandbox.root, "tree"));
  await assert.rejects(unpackPybi(path, "tree", sandbox.root), { code: "filesystem" });
});

test("unpacking does not replace an existing folder", { skip: process.platform === "win32" }, async () => {
  using sandbox = newSandbox();
  const { filename, bytes } = makePybi({ links: { "bin/python3": "python" } });
  const path = join(sandbox.root, filename);
  writeFileSync(path, bytes);
  const folder = await unpackPybi(path, undefined, sandbox.root);
  assert.equal(folder, join(sandbox.root, filename.slice(0, -".pybi".length)));
  assert.ok(existsSync(join(folder, "bin", "python3")));
  await assert.rejects(unpackPybi(path, undefined, sandbox.root), { code: "filesystem" });
  assert.deepEqual(readdirSync(sandbox.root).length, 2);
});

describe("checking a pybi by running it", {
  skip: process.platform !== "linux",
}, () => {
  const cases: Readonly<Record<string, readonly [readonly Rule[], object]>> = {
    "accepts a Python without faults": [[], {}],
    "reports a module that can't be imported": [["run-import"], { imports: { _ssl: "ImportError: no" } }],
    "reports a value that still has the old folder after a move": [
      ["run-relocation"],
      { before: ["sysconfig prefix"] },
    ],
    "reports another version than in METADATA": [
      ["run-metadata"],
      { markers: { python_full_version: "3.13.4" } },
    ],
    "accepts markers that are as in METADATA, or that METADATA leaves open": [
      [],
      { markers: { python_full_version: "3.13.5", python_version: "3.13", platform_release: "6.1" } },
    ],
    "accepts paths that are as in METADATA": [[], { paths: { stdlib: "lib/python3.13", scripts: "tool" } }],
    // If the machine has no certificates, Python can't find any.
    "reports that Python finds no certificates, if the machine has some": [
      existsSync("/etc/ssl/certs/ca-certificates.crt") ? ["run-certificates"] : [],
      { certificates: false, looked: ["/builder/ssl/cert.pem", null] },
    ],
    "reports HTTPS that trusts every server": [
      ["run-https"],
      { https: { unknown: greeting, trusted: greeting } },
    ],
    "reports HTTPS that trusts no server": [
      ["run-https"],
      { https: { unknown: "URLError: no", trusted: "URLError: no" } },
    ],
    "accepts HTTPS that trusts only the given certificate": [
      [],
      { https: { unknown: "URLError: no", trusted: greeting } },
    ],
    "reports other paths than in METADATA": [["run-metadata"], { paths: { stdlib: "lib64/python3.13" } }],
  };
  for (const [title, [rules, answer]] of Object.entries(cases)) {
    test(title, async () => {
      using sandbox = newSandbox();
      const text = JSON.stringify({ imports: {}, before: [], markers: {}, paths: {}, ...answer });
      const script = `#!/bin/sh\necho\necho '${text}'\n`;
      const { filename, bytes } = makePybi({
        files: { "tool/python": { data: script, mode: 0o100755 } },
        paths: { scripts: "tool" },
      });
      writeFileSync(join(sandbox.root, filename), bytes);
      const { findings, ran, good } = await checkPybi(join(sandbox.root, filename), {
        machine: await thisMachine(),
      });
      assert.ok(ran);
      assert.equal(good, rules.length === 0);
      assert.deepEqual(
        findings.filter(({ severity }) => severity === "error").map(({ rule }) => rule),
        rules,
      );
    });
  }

  test("names the paths at which Python looks for certificates", async () => {
    using sandbox = newSandbox();
    const answer = { certificates: false, looked: ["/builder/cert.pem", null] };
    const text = JSON.stringify({ imports: {}, before: [], markers: {}, paths: {}, ...answer });
    const data = `#!/bin/sh\necho '${text}'\n`;
    const { filename, bytes } = makePybi({
      files: { "tool/python": { data, mode: 0o100755 } },
      paths: { scripts: "tool" },
    });
    writeFileSync(join(sandbox.root, filename), bytes);
    const { findings } = await checkPybi(join(sandbox.root, filename), { machine: await thisMachine() });
    const found = findings.find(({ rule }) => rule.endsWith("certificates"));
    assert.match(found?.message ?? "", /at .\/builder\/cert\.pem.* and ..$/);
  });

  test("is done only if the pybi has no errors and is for this machine", async () => {
    const here = await thisMachine();
    const ran = async (recipe: PybiRecipe, machine = here) => {
      using sandbox = newSandbox();
      const { filename, bytes } = makePybi(recipe);
      writeFileSync(join(sandbox.root, filename), bytes);
      const checked = await checkPybi(join(sandbox.root, filename), { machine });
      assert.equal(checked.filename, filename);
      return checked.ran;
    };
    assert.equal(await ran({}), true);
    // A warning does not matter.
    assert.equal(await ran({ files: { "lib/python3.13/test/test_os.py": "" } }), true);
    assert.equal(await ran({ record: (rows) => [...rows, `lib/none,sha256=${A},1`] }), false);
    assert.equal(await ran({}, { ...here, platform: "macos-arm64" }), false);
    const architecture = process.arch === "arm64" ? "aarch64" : "x86_64";
    const old = { ...here, platformTags: [`manylinux_2_5_${architecture}`] };
    assert.equal(await ran({ platformTag: `manylinux_2_99_${architecture}` }, old), false);
  });

  test("quotes the last line of the error of a Python that does not start, if it has any", async () => {
    const messageOf = async (text: string) => {
      using sandbox = newSandbox();
      const { filename, bytes } = makePybi({
        files: { "tool/python": { data: `#!/bin/sh\n${text}\n`, mode: 0o100755 } },
        paths: { scripts: "tool" },
      });
      writeFileSync(join(sandbox.root, filename), bytes);
      const { findings } = await checkPybi(join(sandbox.root, filename), { machine: await thisMachine() });
      return findings.find(({ rule }) => rule === "run-start")?.message;
    };
    assert.equal(await messageOf("exit 1"), "the interpreter does not run");
    assert.equal(await messageOf("echo no; exit 0"), "the interpreter does not run");
    assert.match((await messageOf("echo a >&2; echo b >&2; exit 1")) ?? "", /does not run: .b.$/);
    // Output that would be an answer does not count if it fails.
    assert.equal(
      await messageOf(`echo '{"imports":{},"before":[],"markers":{},"paths":{}}'; exit 1`),
      "the interpreter does not run",
    );
  });

  test("fails if the archive can't be unpacked, rather than report that the Python does not start", async () => {
    using sandbox = newSandbox();
    const source = { kind: "pybi", url: "", filename: "gone.pybi", hashes: {} } as const;
    const { platform } = await thisMachine();
    const interpreter = { ...describeInterpreter(parseVersion("3.13.5"), platform), source };
    const gone = join(sandbox.root, "gone.pybi");
    await assert.rejects(checkByRunning(interpreter, gone), { code: "not-found" });
  });

  test("reports a Python that does not start", async () => {
    using sandbox = newSandbox();
    const { filename, bytes } = makePybi();
    writeFileSync(join(sandbox.root, filename), bytes);
    const { findings } = await checkPybi(join(sandbox.root, filename), { machine: await thisMachine() });
    assert.ok(findings.some(({ rule }) => rule === "run-start"));
  });
});
