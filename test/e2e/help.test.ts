import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { assertFailed, assertPrinted, newPlace, type Place } from "../support/posy.ts";

const commands = [
  "[tool.posy.commands]",
  'check = { run = "pytest -q", description = "Run the tests" }',
  'serve = "python -m http.server {args:8000}"',
  'build = { all = ["check", "python make.py"] }',
  "",
].join("\n");

function project(place: Place, text = commands): void {
  writeFileSync(join(place.cwd, "pyproject.toml"), text);
}

describe("posy --help", () => {
  test("lists the commands of the project with their descriptions, and none elsewhere", async () => {
    using place = await newPlace({ interpreter: false });
    const plain = await place.posy(["--help"]);
    assert.doesNotMatch(plain.stdout, /Commands of this project/);
    project(place);
    for (const args of [[], ["--help"], ["-h"], ["help"]]) {
      const { stdout, status } = await place.posy(args);
      assert.equal(status, 0);
      const [, listed = ""] = /^Commands of this project:\n((?: {2}.*\n)*)/m.exec(stdout) ?? [];
      assert.deepEqual(
        listed
          .trimEnd()
          .split("\n")
          .map((line) => line.trim().split(/ {2,}/)),
        [
          ["check", "Run the tests"],
          ["serve", "python -m http.server {args}"],
          ["run build", "check; python make.py"],
        ],
      );
    }
    project(place, "[tool.posy\n");
    assertPrinted(await place.posy(["help"]), plain.stdout);
  });

  test("is what `posy help` prints, also for one command", async () => {
    using place = await newPlace({ interpreter: false });
    for (const words of [["add"], ["python", "install"], ["run"]]) {
      const { stdout } = await place.posy([...words, "--help"]);
      assert.match(stdout, new RegExp(`^Usage: posy ${words.join(" ")}`));
      assertPrinted(await place.posy(["help", ...words]), stdout);
    }
    assertFailed(await place.posy(["help", "ad"]), 2, /unknown command `ad`/, /`add`/);
  });

  test("gives way to a command of the project that is called `help` or `version`", async () => {
    using place = await newPlace();
    project(place, '[tool.posy.commands]\nversion = "python -c \\"print(1)\\""\n');
    assertPrinted(await place.posy(["version"], { env: { UV_NO_INDEX: "1" } }), "1\n");
  });
});

test("posy run --list prints the commands of the project, also as JSON", async () => {
  using place = await newPlace({ interpreter: false });
  const none = await place.posy(["run", "--list"]);
  assert.deepEqual([none.status, none.stdout], [0, ""]);
  assert.match(none.stderr, /`\[tool\.posy\.commands\]`/);
  project(place);
  assertPrinted(
    await place.posy(["run", "--list"]),
    "check  Run the tests\nserve  python -m http.server {args}\nbuild  check; python make.py\n",
  );
  const { stdout } = await place.posy(["run", "--list", "--json"]);
  assert.deepEqual((JSON.parse(stdout) as unknown[])[0], { name: "check", description: "Run the tests" });
  assertFailed(await place.posy(["run", "--json", "check"]), 2, /`posy run --list`/);
});

describe("an unknown command", () => {
  test("of another tool gets a hint at what Posy has instead", async () => {
    using place = await newPlace({ interpreter: false });
    const hints: Readonly<Record<string, RegExp>> = {
      sync: /`posy run` and `posy env`/,
      install: /`posy add NAME`/,
      publish: /twine upload/,
      tool: /`posy run --with NAME -- NAME`/,
      pip: /`posy add NAME`/,
      self: /does not update itself/,
      test: /\[tool\.posy\.commands\]/,
      update: /`posy upgrade`/,
      "script.py": /`posy run script\.py`/,
    };
    for (const [command, hint] of Object.entries(hints)) {
      assertFailed(await place.posy([command, "--frozen", "x"]), 2, /^unknown command `/, hint);
    }
    assertPrinted(await place.posy(["version"]), (await place.posy(["--version"])).stdout);
  });

  test("gets the nearest command of Posy or of the project", async () => {
    using place = await newPlace({ interpreter: false });
    project(place);
    assertFailed(await place.posy(["lok"]), 2, /unknown command `lok`/, /did you mean `lock`/);
    assertFailed(await place.posy(["srve"]), 2, /unknown command `srve`/, /did you mean `serve`/);
  });
});
