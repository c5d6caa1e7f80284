import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { parsePylock } from "../../../src/lockfile/to-blueprint/parse-pylock.ts";
import { type TargetOptions, targetOfPylock } from "../../../src/lockfile/to-blueprint/target-of-pylock.ts";
import { describeInterpreter } from "../../../src/pythons/compatibility/describe-interpreter.ts";
import type { PlatformName } from "../../../src/vocab/tags/platform-name.ts";
import { parseVersion } from "../../../src/vocab/version/version.ts";

const hash = "ab".repeat(32);
const head = 'lock-version = "1.0"\ncreated-by = "other"\n';
const file = (name: string) => `{url = "https://files.example/${name}", hashes = {sha256 = "${hash}"}}`;
const entry = (name: string, more = "") =>
  `[[packages]]\nname = "${name}"\nversion = "1.0"\n${more}\nwheels = [${file(`${name}-1.0-py3-none-any.whl`)}]\n`;
const select = async (
  text: string,
  options: Partial<TargetOptions> = {},
  platform: PlatformName = "linux-x86_64",
  python = "3.12.1",
) => {
  const lock = await parsePylock(text, "pylock.toml");
  const { packages } = await targetOfPylock(lock, describeInterpreter(parseVersion(python), platform), {
    folder: "/project",
    ...options,
  });
  return packages;
};
const files = async (...args: Parameters<typeof select>) =>
  (await select(...args)).map(({ artifact }) => artifact.filename);

test("returns the packages of the standard's example for each of its platforms", async () => {
  const text = await readFile("test/lockfile/data/pylock.example.toml", "utf8");
  assert.deepEqual(await files(text), [
    "attrs-25.1.0-py3-none-any.whl",
    "cattrs-24.1.2-py3-none-any.whl",
    "numpy-2.2.3-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
  ]);
  assert.equal((await files(text, {}, "windows-x86_64"))[2], "numpy-2.2.3-cp312-cp312-win_amd64.whl");
  const [attrs, cattrs] = await select(text);
  assert.deepEqual([attrs?.requiredBy, attrs?.requested], [["cattrs"], false]);
  assert.deepEqual([cattrs?.requiredBy, cattrs?.requested], [[], true]);
});

describe("rejects a lock that does not fit", () => {
  const example = () => readFile("test/lockfile/data/pylock.example.toml", "utf8");
  const rows: [what: string, says: RegExp, run: () => Promise<unknown>][] = [
    [
      "another Python",
      /needs Python `== 3\.12\.\*`, but this is Python 3\.13\.0/,
      async () => select(await example(), {}, "linux-x86_64", "3.13.0"),
    ],
    [
      "another environment",
      /none of the environments/,
      async () => select(await example(), {}, "macos-arm64"),
    ],
    ["no file that fits", /no file of `numpy`/, async () => select(await example(), {}, "linux-aarch64")],
    [
      "a package for another Python",
      /`a` in the lock needs Python/,
      () => select(head + entry("a", 'requires-python = ">=3.13"')),
    ],
    ["two entries whose markers hold", /two entries for `a`/, () => select(head + entry("a") + entry("a"))],
    ["an unknown extra", /no extra `x`/, () => select(head + entry("a"), { extras: ["x"] })],
    ["an unknown group", /no group `x`/, () => select(head + entry("a"), { groups: ["x"] })],
  ];
  for (const [what, says, run] of rows) {
    test(what, () =>
      assert.rejects(run, (error: { code: string; message: string }) => {
        assert.equal(error.code, "lock-mismatch");
        assert.match(error.message, says);
        return true;
      }),
    );
  }
});

describe("selects extras and groups", () => {
  const text = `lock-version = "1.0"
extras = ["Web_App"]
dependency-groups = ["dev"]
default-groups = ["main"]
created-by = "other"
${entry("base", "marker = \"'main' in dependency_groups\"")}
${entry("tool", "marker = \"'dev' in dependency_groups\"")}
${entry("web", "marker = \"'web-app' in extras\"")}
`;
  const names = async (options?: Partial<TargetOptions>) =>
    (await select(text, options)).map(({ name }) => name);
  test("the default groups if no groups are requested", async () =>
    assert.deepEqual(await names(), ["base"]));
  test("the requested groups instead of the default groups", async () =>
    assert.deepEqual(await names({ groups: ["dev"] }), ["tool"]));
  test("both groups and an extra", async () =>
    assert.deepEqual(await names({ groups: ["main", "dev"], extras: ["web-app"] }), ["base", "tool", "web"]));
});

describe("chooses the best file", () => {
  const of = (...names: string[]) =>
    files(
      `${head}[[packages]]\nname = "a"\nwheels = [${names
        .filter((name) => name.endsWith("whl"))
        .map(file)
        .join(", ")}]\n${names
        .filter((name) => name.endsWith("gz"))
        .map((name) => `sdist = ${file(name)}\n`)
        .join("")}`,
    );
  const rows: [string, readonly string[], string][] = [
    [
      "by its tags",
      ["a-1.0-py3-none-any.whl", "a-1.0-cp312-cp312-manylinux_2_17_x86_64.whl"],
      "a-1.0-cp312-cp312-manylinux_2_17_x86_64.whl",
    ],
    [
      "by its build number",
      ["a-1.0-1-py3-none-any.whl", "a-1.0-10-py3-none-any.whl", "a-1.0-2-py3-none-any.whl"],
      "a-1.0-10-py3-none-any.whl",
    ],
    [
      "the source distribution if no wheel fits",
      ["a-1.0-cp312-cp312-win_amd64.whl", "a-1.0.tar.gz"],
      "a-1.0.tar.gz",
    ],
    [
      "a wheel rather than the source distribution",
      ["a-1.0-py3-none-any.whl", "a-1.0.tar.gz"],
      "a-1.0-py3-none-any.whl",
    ],
  ];
  for (const [what, names, best] of rows) {
    test(what, async () => assert.deepEqual(await of(...names), [best]));
  }
});

test("uses direct URLs and local paths", async () => {
  const packages = await select(
    `${head}[[packages]]\nname = "a"\narchive = ${file("a-1.5-py3-none-any.whl")}
[[packages]]\nname = "b"\nversion = "1.0"\nwheels = [{path = "wheels/b-1.0-py3-none-any.whl", hashes = {sha256 = "${hash}"}}]\n`,
  );
  assert.deepEqual(
    packages.map(({ version, artifact }) => [version, artifact.url, artifact.direct]),
    [
      ["1.5", "https://files.example/a-1.5-py3-none-any.whl", true],
      ["1.0", "file:///project/wheels/b-1.0-py3-none-any.whl", undefined],
    ],
  );
});

test("removes credentials from URLs, and rejects schemes that can't be fetched", async () => {
  const secret = entry("a").replace("https://", "https://user:secret@");
  const [pin] = await select(
    head + secret.replace("wheels", 'index = "https://u:p@index.example/simple/"\nwheels'),
  );
  assert.equal(pin?.artifact.url, "https://files.example/a-1.0-py3-none-any.whl");
  assert.equal(pin?.artifact.index, "https://index.example/simple/");
  await assert.rejects(select(head + entry("a").replace("https://", "gopher://")), {
    code: "invalid-lock",
  });
});

test("reads source trees through `sources`, at the locked commit", async () => {
  const commit = "12".repeat(20);
  const text = `${head}[[packages]]\nname = "a"\nvcs = {type = "git", url = "https://forge.example/a.git", requested-revision = "main", commit-id = "${commit}", subdirectory = "sub"}\n`;
  await assert.rejects(select(text), { code: "no-wheel" });
  const requested: string[] = [];
  const [pin] = await select(text, {
    sources: {
      direct: async (url, name) => {
        requested.push(`${name} ${url}`);
        if (name === undefined) return undefined;
        const origin = {
          kind: "vcs",
          vcs: "git",
          url: "https://forge.example/a.git",
          commitId: commit,
          requestedRevision: commit,
        } as const;
        return {
          kind: "source",
          filename: "a-3.0",
          name,
          version: parseVersion("3.0"),
          url,
          hashes: {},
          yanked: false,
          origin,
          identity: hash,
        };
      },
    },
  });
  assert.deepEqual(requested, [`a git+https://forge.example/a.git@${commit}#subdirectory=sub`]);
  assert.equal(pin?.version, "3.0");
  assert.equal(pin?.artifact.origin?.kind === "vcs" && pin.artifact.origin.requestedRevision, "main");
});

describe("reads locks of other tools", () => {
  const rows: [
    tool: string,
    options: Partial<TargetOptions>,
    platform: PlatformName,
    python: string,
    names: string[],
  ][] = [
    [
      "uv",
      {},
      "windows-x86_64",
      "3.13.1",
      [
        "attrs-26.1.0-py3-none-any.whl",
        "cffi-2.1.1-cp313-cp313-win_amd64.whl",
        "colorama-0.4.6-py2.py3-none-any.whl",
        "pycparser-3.12-py3-none-any.whl",
      ],
    ],
    [
      "pip",
      {},
      "linux-x86_64",
      "3.14.0",
      [
        "attrs-26.1.0-py3-none-any.whl",
        "cffi-2.1.1-cp314-cp314-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
        "pycparser-3.12-py3-none-any.whl",
      ],
    ],
    [
      "pdm",
      {},
      "windows-x86_64",
      "3.12.0",
      ["attrs-26.1.0-py3-none-any.whl", "colorama-0.4.6-py2.py3-none-any.whl"],
    ],
    [
      "pdm",
      { groups: ["default", "dev"], extras: ["x"] },
      "linux-x86_64",
      "3.12.0",
      ["attrs-26.1.0-py3-none-any.whl", "idna-3.20-py3-none-any.whl", "iniconfig-2.3.1-py3-none-any.whl"],
    ],
  ];
  for (const [tool, options, platform, python, names] of rows) {
    test(`${tool} on ${platform} with Python ${python}`, async () => {
      const text = await readFile(`test/lockfile/data/pylock.${tool}.toml`, "utf8");
      assert.deepEqual(await files(text, options, platform, python), names);
    });
  }
});
