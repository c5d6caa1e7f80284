import assert from "node:assert/strict";
import { chmodSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startIndex, type TestIndex } from "../../support/index-server.ts";
import { makeSdist } from "../../support/make-sdist.ts";
import { makeWheel } from "../../support/make-wheel.ts";
import { newWindowsSandbox, type WindowsSandbox } from "../support/windows-sandbox.ts";
import { withoutWine } from "../support/wine.ts";

/** Names that Linux can write and Windows cannot, with what is wrong with them. */
const refused: readonly {
  readonly name: string;
  readonly files: readonly string[];
  readonly message: RegExp;
  readonly hint?: RegExp;
}[] = [
  { name: "device", files: ["pkg/aux.py"], message: /on Windows: .*"[^"]*aux\.py" is a device of Windows/ },
  { name: "device-alone", files: ["pkg/NUL"], message: /on Windows: .*NUL" is a device of Windows/ },
  { name: "dot", files: ["pkg/name./x.py"], message: /on Windows: .* ends with a dot or a space/ },
  { name: "space", files: ["pkg/name "], message: /on Windows: .* ends with a dot or a space/ },
  {
    name: "colon",
    files: ["pkg/a:b"],
    message: /on Windows: .* has a character that Windows does not allow/,
  },
  {
    name: "cases",
    files: ["pkg/Name.py", "pkg/name.py"],
    message: /on this disk, which ignores case: it has "[^"]*Name\.py" and "[^"]*name\.py"/,
    hint: /^hint: set POSY_HOME/m,
  },
];

const elsewhere = /^hint: other systems, such as Linux, can have files with such names/m;
const contents = (files: readonly string[]) => Object.fromEntries(files.map((path) => [path, ""]));
const wheels = refused.map(({ name, files }) => makeWheel({ name: `${name}-wheel`, files: contents(files) }));
const sdists = refused.map(({ name, files }) =>
  makeSdist({
    name: `${name}-sdist`,
    files: {
      ...contents(files),
      "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
    },
  }),
);
const allowed = makeWheel({
  name: "allowed",
  files: {
    "allowed/__init__.py": "value = 1\n",
    "allowed/auxiliary.py": "",
    "allowed/console.py": "",
    "allowed/.hidden": "",
    "allowed/日本 é.txt": "text",
  },
});

describe("names of files on Windows", { skip: withoutWine }, () => {
  let index: TestIndex;
  let sandbox: WindowsSandbox;
  before(async () => {
    index = await startIndex({ files: [...wheels, ...sdists, allowed] });
    sandbox = await newWindowsSandbox();
  });
  after(async () => {
    sandbox[Symbol.dispose]();
    await index.close();
  });

  const run = (name: string, code = "pass") =>
    sandbox.posy(["run", "--index", index.url, "--with", name, "--", "python", "-c", code]);

  for (const { name, message, hint = elsewhere } of refused) {
    for (const kind of ["wheel", "sdist"]) {
      test(`are refused in a ${kind} that has ${name}`, async () => {
        const done = await run(`${name}-${kind}`);
        assert.notEqual(done.status, 0, done.stdout);
        assert.match(done.stderr, message);
        assert.match(done.stderr, hint);
      });
    }
  }

  test("may look like those of devices, begin with a dot, and have any characters of other scripts", async () => {
    const code =
      "import allowed, os, pathlib; print(sorted(map(ascii, os.listdir(pathlib.Path(allowed.__file__).parent))))";
    const done = await run("allowed", code);
    for (const name of ["auxiliary.py", "console.py", ".hidden", "\\u65e5\\u672c \\xe9.txt"])
      assert.ok(done.stdout.replaceAll("\\\\", "\\").includes(name), done.stdout + done.stderr);
  });

  test("files of the store that became read-only are removed all the same", async () => {
    const wheelsFolder = join(sandbox.home, "data", "wheels-v1");
    for (const wheel of readdirSync(wheelsFolder)) {
      for (const file of readdirSync(join(wheelsFolder, wheel), { recursive: true, withFileTypes: true }))
        if (file.isFile()) chmodSync(join(file.parentPath, file.name), 0o444);
    }
    const cleaned = await sandbox.posy(["cache", "clean", "wheels"]);
    assert.equal(cleaned.status, 0, cleaned.stderr);
    assert.equal(cleaned.stderr, "");
    assert.deepEqual(readdirSync(wheelsFolder), []);
  });
});
