import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { patiently } from "../support/patiently.ts";
import { newSandbox, type Sandbox, type PosyRun } from "../support/posy.ts";

// Each tool runs in a separate environment, and gets only the path of `.posy/env`. pyright is installed as
// basedpyright, whose dependencies contain Node as a wheel.

const files: Readonly<Record<string, string>> = {
  "pyproject.toml": `[project]
name = "zoo"
version = "0.1"
requires-python = ">=3.12"
# An own extension, ordinary packages, a namespace that several share, another of the old kind, stubs, a single file, an
# editable folder, and a kernel.
dependencies = [
  "numpy", "attrs", "requests", "google-api-core", "zope.event", "zope.interface", "PyYAML", "types-PyYAML", "six",
  "by-path", "ipykernel", "nbclient",
]

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[tool.posy]
platforms = ["linux-x86_64", "macos-arm64"]

[tool.posy.sources]
by-path = { path = "by-path", editable = true }
`,
  "src/zoo/__init__.py": "legs: int = 4\n",
  "src/zoo/py.typed": "",
  "by-path/pyproject.toml":
    '[project]\nname = "by-path"\nversion = "1"\n[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n',
  "by-path/src/by_path/__init__.py": "value: int = 7\n",
  "by-path/src/by_path/py.typed": "",
  "check.py": `import by_path
import google.api_core.exceptions
import google.auth
import numpy
import requests
import six
import yaml
import zope.event
import zope.interface
from attrs import define

import zoo

print(by_path.value, zoo.legs, define, six.PY3, yaml.safe_load("1"), zope.event, zope.interface)
reveal_type(numpy.zeros(3).shape)
reveal_type(requests.codes)
reveal_type(zoo.legs + by_path.value)
print(google.auth.default, google.api_core.exceptions.NotFound)
`,
  "check.ipynb": JSON.stringify({
    cells: [
      {
        cell_type: "code",
        id: "one",
        execution_count: null,
        metadata: {},
        outputs: [],
        source: ["import numpy, sys, zoo\n", "print(zoo.legs * int(numpy.ones(3).sum()), sys.prefix)"],
      },
    ],
    metadata: { kernelspec: { display_name: "Python 3", language: "python", name: "python3" } },
    nbformat: 4,
    nbformat_minor: 5,
  }),
};

describe("tools that use the Env of a project", { skip: process.platform !== "linux" }, () => {
  let sandbox: Sandbox;
  let python: string;
  before(async () => {
    sandbox = await newSandbox();
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(sandbox.cwd, path)), { recursive: true });
      writeFileSync(join(sandbox.cwd, path), text);
    }
    works(await patiently(sandbox, ["run", "--", "python", "-c", "import numpy, zoo, by_path"]));
    python = join(sandbox.cwd, ".posy", "env", "bin", "python");
  });
  after(() => sandbox[Symbol.dispose]());

  const works = (run: PosyRun) =>
    assert.equal(run.status, 0, `status ${run.status}\n${run.stdout}${run.stderr}`);
  const tool = (name: string, ...args: string[]) =>
    patiently(sandbox, ["run", "--no-project", "--with", name, "--", name, ...args]);

  test("mypy finds every import and the stubs", async () => {
    // This test checks only that modules are found. Reading all types of numpy would take ten times as long.
    const run = await tool("mypy", "--python-executable", python, "--follow-imports=skip", "check.py");
    assert.doesNotMatch(run.stdout, /import-not-found|Cannot find implementation/);
    // mypy also finds packages without types or stubs, and reports that they have none.
    const untyped = [...run.stdout.matchAll(/(?:analyzing|installed for) "([\w.]+)"/g)].map(
      ([, name]) => name,
    );
    const without = ["google", "zope", "six"];
    assert.ok(
      untyped.every((name) => without.includes(name?.split(".")[0] ?? "")),
      run.stdout,
    );
    assert.match(run.stdout, /note: Revealed type is/);
  });

  test("pyright finds every import", async () => {
    const run = await tool("basedpyright", "--pythonpath", python, "--outputjson", "check.py");
    const { generalDiagnostics } = JSON.parse(run.stdout) as {
      generalDiagnostics: readonly { readonly rule?: string; readonly message: string }[];
    };
    const unfound = generalDiagnostics.filter(({ rule }) =>
      /^reportMissing(Imports|ModuleSource)$/.test(rule ?? ""),
    );
    assert.deepEqual(unfound, []);
    assert.ok(
      generalDiagnostics.some(({ message }) => /zoo\.legs \+ by_path\.value" is "int"/.test(message)),
      run.stdout,
    );
  });

  test("ty finds every import", async () => {
    const run = await tool("ty", "check", "--python", join(sandbox.cwd, ".posy", "env"), "check.py");
    assert.doesNotMatch(run.stdout + run.stderr, /unresolved-import/);
    assert.match(run.stdout, /int/);
  });

  test("ruff sorts imports of the project after imports of installed packages", async () => {
    works(
      await tool("ruff", "check", "--isolated", "--select", "I", "--config", 'src = ["src"]', "check.py"),
    );
  });

  test("Jupyter lists the kernel of the Env and runs a notebook in it", async () => {
    const list = await sandbox.posy(["run", "--", "jupyter", "kernelspec", "list", "--json"]);
    works(list);
    const { kernelspecs } = JSON.parse(list.stdout) as { kernelspecs: Record<string, unknown> };
    assert.deepEqual(Object.keys(kernelspecs), ["python3"]);
    const args = ["execute", "--inplace", "check.ipynb"];
    works(await sandbox.posy(["run", "--", "jupyter", ...args], { timeout: 90_000 }));
    const { cells } = JSON.parse(readFileSync(join(sandbox.cwd, "check.ipynb"), "utf8")) as {
      cells: readonly { readonly outputs: readonly { readonly text: readonly string[] }[] }[];
    };
    assert.match(cells[0]?.outputs[0]?.text.join("") ?? "", /^12 \/.*\/envs-v1\//);
  });
});
