import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { parsePylock } from "../../../src/lockfile/to-blueprint/parse-pylock.ts";
import { formatMarker } from "../../../src/vocab/requirement/marker.ts";

const sha = "a".repeat(64);
const wheel = `{url = "https://files.example/a-1.0-py3-none-any.whl", hashes = {sha256 = "${sha}"}}`;
const head = 'lock-version = "1.0"\ncreated-by = "x"\n';
const whole = `${head}[[packages]]\nname = "a"\nversion = "1.0"\nwheels = [\n  ${wheel},\n]\n`;
/** Without the prototypes that a TOML parser leaves out. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test("reads the example of the standard", async () => {
  const path = "test/lockfile/data/pylock.example.toml";
  const lock = await parsePylock(await readFile(path, "utf8"), path);
  assert.equal(lock.createdBy, "mousebender");
  assert.equal(lock.requiresPython, "== 3.12.*");
  assert.deepEqual(lock.environments?.map(formatMarker), [
    'sys_platform == "win32"',
    'sys_platform == "linux"',
  ]);
  assert.deepEqual(
    lock.packages.map(({ name, version, source }) => [
      name,
      version,
      source.kind === "files" ? source.wheels.map((file) => file.name) : source.kind,
    ]),
    [
      ["attrs", "25.1.0", ["attrs-25.1.0-py3-none-any.whl"]],
      ["cattrs", "24.1.2", ["cattrs-24.1.2-py3-none-any.whl"]],
      [
        "numpy",
        "2.2.3",
        [
          "numpy-2.2.3-cp312-cp312-win_amd64.whl",
          "numpy-2.2.3-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        ],
      ],
    ],
  );
  assert.deepEqual(plain(lock.packages[0]?.attestationIdentities), [
    {
      environment: "release-pypi",
      kind: "GitHub",
      repository: "python-attrs/attrs",
      workflow: "pypi-package.yml",
    },
  ]);
  assert.deepEqual(plain(lock.packages[1]?.dependencies), [{ name: "attrs" }]);
  const [attrs] = lock.packages;
  assert.equal(
    attrs?.source.kind === "files" && attrs.source.wheels[0]?.uploadTime,
    "2025-01-25T11:30:10.164Z",
  );
  assert.ok("mousebender" in lock.tool);
});

test("reads every kind of source", async () => {
  const lock = await parsePylock(
    `${head}
[[packages]]
name = "git"
vcs = {type = "git", url = "https://forge.example/a.git", requested-revision = "main", commit-id = "${"1".repeat(40)}", subdirectory = "b"}
[[packages]]
name = "folder"
[packages.directory]
path = "../folder"
editable = true
[[packages]]
name = "archive"
archive = {path = "dist/a.zip", size = 3, upload-time = 2025-01-01T00:00:00Z, hashes = {SHA256 = "${sha.toUpperCase()}"}}
[[packages]]
name = "sdist"
version = "1.0"
index = "https://index.example/simple/"
marker = "'dev' in dependency_groups"
sdist = {name = "sdist-1.0.tar.gz", url = "https://files.example/1/2", hashes = {sha256 = "${sha}"}}
`,
    "pylock.toml",
  );
  assert.deepEqual(
    lock.packages.map(({ source }) => source),
    [
      {
        kind: "vcs",
        type: "git",
        url: "https://forge.example/a.git",
        requestedRevision: "main",
        commitId: "1".repeat(40),
        subdirectory: "b",
      },
      { kind: "directory", path: "../folder", editable: true },
      {
        kind: "archive",
        path: "dist/a.zip",
        size: 3,
        uploadTime: "2025-01-01T00:00:00.000Z",
        hashes: { sha256: sha },
      },
      {
        kind: "files",
        index: "https://index.example/simple/",
        sdist: { name: "sdist-1.0.tar.gz", url: "https://files.example/1/2", hashes: { sha256: sha } },
        wheels: [],
      },
    ],
  );
});

describe("rejects what the standard does not allow, with line and key", () => {
  const rows: [what: string, text: string, message: RegExp][] = [
    ["no lock-version", 'created-by = "x"\npackages = []\n', /`lock-version` is missing/],
    ["another major version", whole.replace('"1.0"', '"2.0"'), /`pylock\.toml:1`.*`lock-version` is `2\.0`/],
    ["no packages", head, /`packages` is missing/],
    ["no created-by", 'lock-version = "1.0"\npackages = []', /`created-by` is missing/],
    ["an unknown key", `colour = "red"\n${whole}`, /`pylock\.toml:1`.*`colour` is not a key of a lock file/],
    [
      "an unknown key of a package",
      whole.replace("wheels", 'colour = "red"\nwheels'),
      /:6`.*`packages\[0\]\.colour`/,
    ],
    [
      "an unknown key of a file",
      whole.replace("{url", "{colour = 1, url"),
      /:7`.*`packages\[0\]\.wheels\[0\]\.colour`/,
    ],
    [
      "a name that is not normalised",
      whole.replace('"a"', '"A_b"'),
      /:4`.*`packages\[0\]\.name` must be normalised: `a-b`/,
    ],
    ["an invalid version", whole.replace('"1.0"\nw', '"x"\nw'), /:5`.*`packages\[0\]\.version`/],
    ["an invalid marker", whole.replace("wheels", 'marker = "x"\nwheels'), /:6`.*`packages\[0\]\.marker`/],
    [
      "an invalid specifier",
      whole.replace("wheels", 'requires-python = "3"\nwheels'),
      /:6`.*requires-python/,
    ],
    ["an invalid marker in `environments`", `environments = ["x"]\n${whole}`, /:1`.*`environments\[0\]`/],
    ["no source", `${head}[[packages]]\nname = "a"\n`, /:3`.*`packages\[0\]` has no source/],
    [
      "two sources",
      whole.replace("wheels", 'directory = {path = "."}\nwheels'),
      /`packages\[0\]\.wheels` can't be combined with `directory`/,
    ],
    [
      "no hashes",
      whole.replace(`sha256 = "${sha}"`, ""),
      /:7`.*`packages\[0\]\.wheels\[0\]\.hashes` must have at least one/,
    ],
    ["a short hash", whole.replace(sha, "aa"), /`packages\[0\]\.wheels\[0\]\.hashes\.sha256` must have 64/],
    [
      "neither a URL nor a path",
      whole.replace(/url = "[^"]*"/, 'name = "a-1.0-py3-none-any.whl"'),
      /has neither `url` nor `path`/,
    ],
    [
      "a name with a slash",
      whole.replace("{url", '{name = "../a.whl", url'),
      /`packages\[0\]\.wheels\[0\]\.name`/,
    ],
    ["an invalid size", whole.replace("{url", "{size = -1, url"), /wheels\[0\]\.size/],
    ["an invalid upload time", whole.replace("{url", '{upload-time = "x", url'), /wheels\[0\]\.upload-time/],
    [
      "a subdirectory outside of the source tree",
      `${head}[[packages]]\nname = "a"\ndirectory = {path = ".", subdirectory = "../x"}\n`,
      /subdirectory` must lie inside/,
    ],
    [
      "a missing commit",
      `${head}[[packages]]\nname = "a"\nvcs = {type = "git", url = "https://x.example/"}\n`,
      /vcs\.commit-id` is missing/,
    ],
    ...["main", "1".repeat(39), "1".repeat(41), "--upload-pack=x", "G".repeat(40)].map(
      (commit): [string, string, RegExp] => [
        `a commit that is \`${commit}\``,
        `${head}[[packages]]\nname = "a"\nvcs = {type = "git", url = "https://x.example/", commit-id = "${commit}"}\n`,
        /vcs\.commit-id` must be the full hash of a commit/,
      ],
    ),
    [
      "only a hash of an unknown algorithm",
      whole.replace("sha256", "sha999"),
      /wheels\[0\]\.hashes` must have a hash of a supported algorithm, unlike `sha999`/,
    ],
    [
      "a wheel of another package",
      whole.replace("a-1.0-py3", "b-1.0-py3"),
      /`packages\[0\]\.wheels\[0\]` is a file of `b`, not of `a`/,
    ],
    [
      "a wheel of another version",
      whole.replace("a-1.0-py3", "a-1.1-py3"),
      /`packages\[0\]\.wheels\[0\]` is a file of version 1\.1, not of 1\.0/,
    ],
    [
      "an invalid wheel file name",
      whole.replace("a-1.0-py3-none-any", "a-py3"),
      /`packages\[0\]\.wheels\[0\]` can't be read/,
    ],
    [
      "a source distribution of another version",
      whole.replace(
        "wheels = [",
        `sdist = ${wheel.replace("a-1.0-py3-none-any.whl", "a-2.0.tar.gz")}\nwheels = [`,
      ),
      /`packages\[0\]\.sdist` is a file of version 2\.0, not of 1\.0/,
    ],
    [
      "a source distribution of another package",
      whole.replace(
        "wheels = [",
        `sdist = ${wheel.replace("a-1.0-py3-none-any.whl", "b-1.0.tar.gz")}\nwheels = [`,
      ),
      /`packages\[0\]\.sdist` can't be read: .*does not begin with `a`/,
    ],
    [
      "an archive that is a wheel of another package",
      `${head}[[packages]]\nname = "a"\narchive = ${wheel.replace("a-1.0", "b-1.0")}\n`,
      /`packages\[0\]\.archive` is a file of `b`/,
    ],
    ["no TOML", `${head}=`, /`pylock\.toml:3` is not TOML/],
  ];
  for (const [what, text, message] of rows) {
    test(what, async () => {
      await assert.rejects(parsePylock(text, "pylock.toml"), (error) => {
        assert.ok(error instanceof PosyError, String(error));
        assert.equal(error.code, "invalid-lock");
        assert.match(error.message, message);
        return true;
      });
    });
  }
});

test("compares versions by PEP 440, and reads SHA-1 and SHA-256 commits", async () => {
  const written = whole.replace('"a"\nversion = "1.0"', '"a"\nversion = "1"');
  assert.equal((await parsePylock(written, "pylock.toml")).packages[0]?.version, "1");
  const vcs = `vcs = {type = "git", url = "https://x.example/", commit-id = "${"1a".repeat(32)}"}`;
  const lock = await parsePylock(`${head}[[packages]]\nname = "a"\n${vcs}\n`, "pylock.toml");
  assert.equal(lock.packages[0]?.source.kind, "vcs");
});

test("reads a later minor version, and warns about unknown keys", async () => {
  const warnings: string[] = [];
  const text = whole.replace('"1.0"', '"1.7"').replace("created-by", 'colour = "red"\ncreated-by');
  const lock = await parsePylock(text, "pylock.toml", (message) => warnings.push(message));
  assert.equal(lock.packages.length, 1);
  assert.deepEqual(warnings, ["`pylock.toml` has the unknown key `colour`, which is ignored"]);
});

test("names the merge conflict markers in a lock, and says what to run", async () => {
  const text = `${head}<<<<<<< HEAD\n# a\n=======\n# b\n>>>>>>> other\n`;
  await assert.rejects(parsePylock(text, "pylock.toml"), {
    code: "conflicted-lock",
    message: "`pylock.toml` contains merge conflict markers",
    hint: "run `posy lock`: it keeps the versions of both sides where they fit together",
  });
});
