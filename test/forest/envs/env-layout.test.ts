import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { writeEnv } from "../../../src/forest/envs/write-env.ts";
import { parseEnvKey } from "../../../src/forest/envs/env-key.ts";
import { envLayout } from "../../../src/forest/envs/env-layout.ts";
import { envAt } from "../../../src/forest/envs/env-paths.ts";
import { unpackWheel } from "../../../src/forest/wheels/unpack/unpack-wheel.ts";
import { fakePython, targetOf } from "../../support/fake-forest.ts";
import { makeWheel } from "../../support/make-wheel.ts";
import { removeFolder } from "../../support/remove-folder.ts";

const links = { folders: true, files: true, ignoresCase: false };

describe("envLayout", () => {
  const table = [
    ["cpython", "3.13.5", false, "lib/python3.13/site-packages", ["python3", "python3.13"]],
    ["cpython", "3.13.5", true, "lib/python3.13t/site-packages", ["python3", "python3.13", "python3.13t"]],
    ["cpython", "3.9.6", false, "lib/python3.9/site-packages", ["python3", "python3.9"]],
    ["pypy", "3.9.18", false, "lib/pypy3.9/site-packages", ["python3", "python3.9", "pypy", "pypy3"]],
  ] as const;
  for (const [implementation, version, freeThreaded, sitePackages, names] of table) {
    test(`returns the paths that \`venv\` uses for ${implementation} ${version}${freeThreaded ? "t" : ""}`, () => {
      const layout = envLayout({ implementation, version, freeThreaded }, false);
      assert.equal(layout.sitePackages, sitePackages);
      assert.deepEqual(layout.pythonNames, names);
      assert.equal(layout.headers, `include/site/${sitePackages.split("/")[1]}`);
    });
  }
});

test("parses the Python out of an Env's key", () => {
  const hash = "0123456789abcdef".repeat(2);
  for (const [key, version, freeThreaded] of [
    [`cpython-3.13.5-${hash}`, "3.13.5", false],
    [`cpython-3.13.5t-${hash}`, "3.13.5", true],
    [`cpython-3.15.0rc1-${hash}`, "3.15.0rc1", false],
  ] as const) {
    assert.deepEqual(parseEnvKey(key), { implementation: "cpython", version, freeThreaded });
  }
  for (const none of [
    "",
    "..",
    `../cpython-3.13.5-${hash}`,
    `cpython-3.13.5-${hash}/..`,
    "cpython-3.13.5-xyz",
  ]) {
    assert.equal(parseEnvKey(none), undefined, none);
  }
});

test("links site-packages under the name without `t` for Debian's free-threaded Python", async () => {
  const root = await mkdtemp(join(tmpdir(), "posy-debian-"));
  try {
    const described = await fakePython(join(root, "system"));
    for (const folder of ["python3.13", "python3.13t"]) {
      const paths = { ...described.paths, purelib: `lib/${folder}/site-packages` };
      const python = { ...described, version: "3.13.5", freeThreaded: true, paths };
      const prefix = join(root, folder);
      await mkdir(prefix);
      const executable = "/nowhere/bin/python";
      writeEnv({ python, executable, wheels: [], prefix, warn: assert.fail, record: "", links }, prefix);
      assert.ok(existsSync(join(prefix, "lib", folder, "site-packages")));
      const expected = folder === "python3.13" ? ["python3.13", "python3.13t"] : ["python3.13t"];
      assert.deepEqual(readdirSync(join(prefix, "lib")).sort(), expected);
    }
  } finally {
    removeFolder(root);
  }
});

describe("on Windows", () => {
  for (const [implementation, version, linked] of [
    ["cpython", "3.7.9", true],
    ["pypy", "3.10.14", true],
    ["cpython", "3.8.0", false],
  ] as const) {
    const how = linked ? "links the executable with its libraries" : "writes a launcher";
    test(`${how} for ${implementation} ${version}`, async () => {
      const root = await mkdtemp(join(tmpdir(), "posy-windows-"));
      try {
        const described = await fakePython(join(root, "python"), { platform: "windows-x86_64" });
        const python = { ...described, implementation, version };
        const home = join(root, "python", "base");
        await mkdir(home);
        const files = [
          "python.exe",
          "pythonw.exe",
          "pypy3.exe",
          "python3.dll",
          "vcruntime140.dll",
          "LICENSE.txt",
        ];
        for (const name of files) await writeFile(join(home, name), "MZ real");
        const env = join(root, "env");
        await mkdir(env);
        const launchers = { console: Buffer.from("console"), gui: Buffer.from("gui") };
        const executable = join(home, "python.exe");
        writeEnv(
          { python, executable, wheels: [], prefix: env, warn: assert.fail, record: "", links, launchers },
          env,
        );
        const programs = readdirSync(join(env, "Scripts")).filter((name) => /\.(exe|dll|txt)$/.test(name));
        assert.deepEqual(programs.sort(), linked ? files.slice(0, -1).sort() : ["python.exe", "pythonw.exe"]);
        assert.equal(
          readFileSync(join(env, "Scripts", "python.exe"), "utf8"),
          linked ? "MZ real" : "console",
        );
        assert.equal(/^base-executable/m.test(readFileSync(join(env, "pyvenv.cfg"), "utf8")), !linked);
      } finally {
        removeFolder(root);
      }
    });
  }

  test("finds the PATH variable in any spelling", () => {
    const env = envAt("C:", `cpython-3.13.5-${"0".repeat(32)}`, true);
    assert.deepEqual(Object.keys(env?.envVars({ Path: "x" }) ?? {}), ["Path", "VIRTUAL_ENV", "PYTHONHOME"]);
    assert.match(env?.python ?? "", /Scripts.python\.exe$/);
  });

  test("writes `Scripts` with a program for each script, and files as hard links", async () => {
    const root = await mkdtemp(join(tmpdir(), "posy-windows-"));
    try {
      const python = await fakePython(join(root, "python"), { platform: "windows-x86_64" });
      const launchers = join(root, "python", "Lib", "venv", "scripts", "nt");
      await mkdir(launchers, { recursive: true });
      await writeFile(join(launchers, "venvlauncher.exe"), "MZ launcher");
      const wheel = makeWheel({
        name: "demo",
        files: {
          "demo/__init__.py": "",
          "six.py": "x",
          "demo-1.0.data/scripts/run": "#!python\n1\n",
          "demo-1.0.data/scripts/named.py": "#!pythonw -O\n2\n",
          "demo-1.0.data/scripts/tool.exe": "MZ tool",
        },
        entryPoints: { demo: "demo:main" },
        guiEntryPoints: { demow: "demo:gui" },
      });
      const dir = join(root, "wheel");
      await mkdir(dir);
      await writeFile(join(root, wheel.filename), wheel.bytes);
      const { manifest } = await unpackWheel({
        archive: join(root, wheel.filename),
        filename: wheel.filename,
        into: dir,
      });
      const [pin] = targetOf([wheel], python).packages;
      const env = join(root, "env");
      await mkdir(env);
      writeEnv(
        {
          python,
          executable: join(root, "python", "python.exe"),
          wheels: [{ pin: pin!, sha256: wheel.sha256, dir, manifest }],
          prefix: env,
          warn: assert.fail,
          record: "",
          links,
          launchers: { console: Buffer.from("console"), gui: Buffer.from("gui") },
        },
        env,
      );
      assert.deepEqual(readdirSync(env).sort(), [
        "Lib",
        "Scripts",
        "pip.ini",
        "posy-blueprint.json",
        "posy-env.json",
        "pyvenv.cfg",
      ]);
      assert.deepEqual(readdirSync(join(env, "Scripts")).sort(), [
        "Activate.ps1",
        "__pycache__",
        "activate",
        "activate.bat",
        "deactivate.bat",
        "demo.exe",
        "demow.exe",
        "named.py-script.pyw",
        "named.py.exe",
        "python.exe",
        "pythonw.exe",
        "run-script.py",
        "run.exe",
        "tool.exe",
      ]);
      assert.equal(readFileSync(join(env, "Scripts", "python.exe"), "utf8"), "MZ launcher");
      assert.equal(readFileSync(join(env, "Scripts", "pythonw.exe"), "utf8"), "gui");
      assert.match(readFileSync(join(env, "Scripts", "demo.exe"), "latin1"), /^console#!.*python\.exe\r\nPK/);
      assert.match(readFileSync(join(env, "Scripts", "demow.exe"), "latin1"), /^gui#!.*pythonw\.exe\r\nPK/);
      assert.match(readFileSync(join(env, "Scripts", "run.exe"), "latin1"), /^console#!.*python\.exe\r\n$/);
      assert.match(readFileSync(join(env, "Scripts", "run-script.py"), "latin1"), /^#!.*python\.exe\n1\n$/);
      assert.match(readFileSync(join(env, "pyvenv.cfg"), "utf8"), /^base-executable = .*python\.exe$/m);
      assert.equal(readFileSync(join(env, "Lib", "site-packages", "six.py"), "utf8"), "x");
      assert.ok(existsSync(join(env, "Lib", "site-packages", "demo", "__init__.py")));
    } finally {
      removeFolder(root);
    }
  });
});
