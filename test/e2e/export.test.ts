import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { startIndex, type TestIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newPlace } from "../support/posy.ts";

const wheels = [
  makeWheel({
    name: "app",
    requires: ["dep>=1", "win; sys_platform == 'win32'"],
    metadata: ["License-Expression: MIT"],
  }),
  makeWheel({ name: "dep", version: "1.0" }),
  makeWheel({ name: "dep", version: "2.0", requiresPython: ">=3.8" }),
  makeWheel({ name: "win" }),
];
const index = (): Promise<TestIndex> => startIndex({ files: wheels });
const digest = (name: string, version = "1.0") =>
  wheels.find(({ filename }) => filename.startsWith(`${name}-${version}-`))?.sha256 ?? "";
const platforms = ["--platform", "linux-x86_64", "--platform", "windows-x86_64"];

describe("posy export", () => {
  test("writes a requirements file with hashes, markers and who asked", async () => {
    using place = await newPlace();
    await using server = await index();
    writeFileSync(join(place.cwd, "requirements.in"), "app\n");
    const asked = ["export", "-r", "requirements.in", "--index", server.url, ...platforms];
    assertPrinted(
      await place.posy(asked),
      `app==1.0 \\
    --hash=sha256:${digest("app")}
dep==2.0 \\
    --hash=sha256:${digest("dep", "2.0")}
    # via app
win==1.0 ; sys_platform == 'win32' \\
    --hash=sha256:${digest("win")}
    # via app
`,
    );
    assertPrinted(
      await place.posy([...asked, "--format", "constraints"]),
      "app==1.0\ndep==2.0\nwin==1.0 ; sys_platform == 'win32'\n",
    );
  });

  test("writes a lock file, the same each time", async () => {
    using place = await newPlace();
    await using server = await index();
    const asked = ["export", "--format", "pylock", "--index", server.url, ...platforms, "app"];
    const path = join(place.cwd, "pylock.app.toml");
    assertPrinted(await place.posy([...asked, "-o", "pylock.app.toml"]), "");
    const text = readFileSync(path, "utf8");
    assert.match(text, /^lock-version = "1\.0"\n/);
    assert.match(text, /name = "win"\nversion = "1\.0"\nmarker = "sys_platform == 'win32'"\n/);
    assert.match(text, /\[\[tool\.posy\.targets\]\]\nname = "cpython-3\.\d+-windows-x86_64"/);
    assertPrinted(await place.posy([...asked, "--refresh"]), text);
  });

  test("writes a bill of materials with licences", async () => {
    using place = await newPlace();
    await using server = await index();
    const run = await place.posy(["export", "--format", "cyclonedx", "--index", server.url, "app"]);
    assert.equal(run.status, 0, run.stderr);
    const { components } = JSON.parse(run.stdout) as {
      components: { name: string; licenses?: unknown; hashes?: unknown }[];
    };
    assert.deepEqual(
      components.map(({ name }) => name),
      ["app", "dep", "cpython"],
    );
    assert.deepEqual(components[0]?.licenses, [{ expression: "MIT" }]);
    assert.deepEqual(components[0]?.hashes, [{ alg: "SHA-256", content: digest("app") }]);
  });

  test("says what it needs", async () => {
    using place = await newPlace();
    assertFailed(await place.posy(["export"]), 2, /needs something to export/);
    assertFailed(await place.posy(["export", "--format", "poetry", "a"]), 2, /takes no `poetry`/);
    assertFailed(
      await place.posy(["export", "--format", "pylock", "-o", "my.lock", "a"]),
      2,
      /no name for a lock file/,
      /pylock\.NAME\.toml/,
    );
  });
});
