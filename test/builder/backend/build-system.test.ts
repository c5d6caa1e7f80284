import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { readBuildSystem } from "../../../src/builder/backend/build-system.ts";
import { PosyError } from "../../../src/errors/posy-error.ts";

let top: string;
before(async () => {
  top = await mkdtemp(join(tmpdir(), "posy-build-system-"));
});
after(() => rm(top, { recursive: true, force: true }));

let count = 0;
async function tree(files: Readonly<Record<string, string>>): Promise<string> {
  const root = join(top, `tree-${(count += 1)}`);
  for (const [path, text] of Object.entries({ "module.py": "", ...files })) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

async function read(files: Readonly<Record<string, string>>) {
  const { requires, ...rest } = await readBuildSystem(await tree(files), "some-tree 1.0");
  return { requires: requires.map(({ text }) => text), ...rest };
}

async function refusal(files: Readonly<Record<string, string>>): Promise<PosyError> {
  const error = await read(files).catch((thrown: unknown) => thrown);
  assert.ok(error instanceof PosyError, "it was read");
  assert.equal(error.code, "invalid-source");
  return error;
}

const legacy = {
  requires: ["setuptools>=40.8.0"],
  backend: "setuptools.build_meta:__legacy__",
  backendPath: [],
  legacy: true,
};

describe("the build system of a source tree", () => {
  test("is what `[build-system]` says", async () => {
    const pyproject = `[build-system]\nrequires = ["hatchling>=1; python_version > '3'", "x"]\nbuild-backend = "a.b:c.d"\nbackend-path = ["back", "."]`;
    assert.deepEqual(await read({ "pyproject.toml": pyproject, "back/a.py": "" }), {
      requires: ["hatchling>=1; python_version > '3'", "x"],
      backend: "a.b:c.d",
      backendPath: ["back", "."],
      legacy: false,
    });
  });

  test("without a backend is setuptools with the declared requirements", async () => {
    const system = (requires: string) => ({ "pyproject.toml": `[build-system]\nrequires = ${requires}` });
    assert.deepEqual(await read(system('["setuptools>=50", "wheel"]')), {
      ...legacy,
      requires: ["setuptools>=50", "wheel"],
    });
    assert.deepEqual(await read(system('["cython"]')), {
      ...legacy,
      requires: ["cython", "setuptools>=40.8.0"],
    });
  });

  const bySetuptools: readonly (readonly [string, Record<string, string>])[] = [
    ["a `setup.py` alone", { "setup.py": "" }],
    ["a `setup.py` beside a pyproject.toml for tools", { "setup.py": "", "pyproject.toml": "[tool.black]" }],
    ["metadata alone (PEP 621)", { "pyproject.toml": '[project]\nname = "x"\nversion = "1"' }],
    ["a `setup.cfg` with metadata", { "setup.cfg": "[metadata]\nname = x\n" }],
  ];
  for (const [name, files] of bySetuptools) {
    test(`is setuptools for ${name}`, async () => assert.deepEqual(await read(files), legacy));
  }
});

describe("source trees that can't be built", () => {
  test("get a hint with the lines to add if they have only modules", async () => {
    const { message, hint } = await refusal({});
    assert.match(message, /`some-tree 1\.0` has no build system.*no `pyproject\.toml`/);
    assert.match(
      hint ?? "",
      /\[build-system\]\n +requires = \["setuptools>=61"\]\n +build-backend = "setuptools\.build_meta"/,
    );
  });

  test("include those with a `setup.cfg` without metadata", async () => {
    assert.match((await refusal({ "setup.cfg": "[flake8]\n" })).message, /no build system/);
  });

  test("get a hint with the lines of the tool whose table they have", async () => {
    const { hint } = await refusal({ "pyproject.toml": '[tool.poetry]\nname = "x"' });
    assert.match(hint ?? "", /poetry\.core\.masonry\.api/);
  });

  const table: readonly (readonly [string, string, RegExp])[] = [
    ["`pyproject.toml` is not TOML", "[build-system", /is not TOML/],
    ["`build-system` is not a table", "build-system = 1", /not a table/],
    ["`requires` is missing", '[build-system]\nbuild-backend = "x"', /no `requires`/],
    ["`requires` is not a list", '[build-system]\nrequires = "x"', /`build-system\.requires` is not a list/],
    [
      "an item of `requires` is not a text",
      "[build-system]\nrequires = [1]",
      /`build-system\.requires` is not a list/,
    ],
    [
      "an item of `requires` is not a requirement",
      '[build-system]\nrequires = ["a", "b >> 1"]',
      /pyproject\.toml.*`b >> 1`/,
    ],
    ["the backend is not a text", "[build-system]\nrequires = []\nbuild-backend = 1", /not a text/],
    ["the backend is not a module name", '[build-system]\nrequires = []\nbuild-backend = "a b"', /`a b`/],
    ["the backend is empty", '[build-system]\nrequires = []\nbuild-backend = ""', /``/],
    [
      "`backend-path` has no `build-backend` beside it",
      '[build-system]\nrequires = []\nbackend-path = ["."]',
      /no `build-backend`/,
    ],
    [
      "`backend-path` leads out of the tree",
      '[build-system]\nrequires = []\nbuild-backend = "x"\nbackend-path = ["../y"]',
      /leads out/,
    ],
    [
      "`backend-path` is absolute",
      '[build-system]\nrequires = []\nbuild-backend = "x"\nbackend-path = ["/tmp"]',
      /leads out/,
    ],
    [
      "`backend-path` does not exist",
      '[build-system]\nrequires = []\nbuild-backend = "x"\nbackend-path = ["nowhere"]',
      /not there/,
    ],
  ];
  for (const [name, pyproject, message] of table) {
    test(`are refused if ${name}`, async () => {
      assert.match((await refusal({ "pyproject.toml": pyproject })).message, message);
    });
  }

  test("are refused if `backend-path` leads out of the tree through a link", {
    skip: process.platform === "win32",
  }, async () => {
    const root = await tree({
      "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "x"\nbackend-path = ["link"]',
    });
    await symlink(top, join(root, "link"));
    await assert.rejects(readBuildSystem(root, "x"), /leads out/);
  });
});
