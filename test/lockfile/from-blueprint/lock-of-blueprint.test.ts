import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { parse } from "smol-toml";
import type { Blueprint, PackagePin } from "../../../src/model/blueprint.ts";
import { pinFolder } from "../../../src/builder/sources/folder-source.ts";
import {
  blueprintOfPylock,
  fingerprintOfPylock,
} from "../../../src/lockfile/to-blueprint/blueprint-of-pylock.ts";
import { formatPylock, markerText } from "../../../src/lockfile/from-blueprint/format-pylock.ts";
import { type LockOptions, lockOfBlueprint } from "../../../src/lockfile/from-blueprint/lock-of-blueprint.ts";
import { parsePylock } from "../../../src/lockfile/to-blueprint/parse-pylock.ts";
import type { Pylock } from "../../../src/lockfile/pylock.ts";
import { fakePackageDB } from "../../support/fake-package-db.ts";
import { blueprint, pin, target } from "../blueprints.ts";

const folder = "/project";
const hash = "ab".repeat(32);
const textOf = async (made: Blueprint, options: Partial<LockOptions> = {}) =>
  formatPylock(await lockOfBlueprint(made, { folder, ...options }));
const readBack = async (text: string, at = folder) =>
  blueprintOfPylock(await parsePylock(text, "pylock.toml"), at);
const entries = (lock: Pylock) =>
  lock.packages.map(({ name, version, marker }) =>
    [name, version, marker && markerText(marker)].filter(Boolean).join(" "),
  );

async function assertRoundTrip(made: Blueprint, at = folder): Promise<string> {
  const text = await textOf(made, { folder: at });
  const again = await readBack(text, at);
  assert.deepEqual(again, made);
  assert.equal(again && (await textOf(again, { folder: at })), text);
  return text;
}

test("writes that an interpreter is open, with the version that is assumed, and reads it back", async () => {
  const made = target("linux-aarch64", "3.12.4", [pin("a", "1.0", { requested: true })]);
  const python = { ...made.python, source: { kind: "open", request: ">=3.12" } as const, lacks: [] };
  const text = await assertRoundTrip(
    blueprint(target("linux-x86_64", "3.12.4", made.packages), { ...made, python }),
  );
  assert.match(text, /\nversion = "3\.12\.4"\nsource = \{kind = "open", request = ">=3\.12"\}\n/);
});

test("writes an entry without a marker for a version that all targets share, else the shortest marker", async () => {
  const common = [pin("a", "1.0", { requires: ["c"], requested: true })];
  const made = blueprint(
    target("linux-x86_64", "3.12.1", [...common, pin("c", "2.0", { requiredBy: ["a"] })]),
    target("macos-arm64", "3.12.1", [...common, pin("c", "2.0", { requiredBy: ["a"] })]),
    target("windows-x86_64", "3.12.1", [
      ...common,
      pin("b", "1.0", { requested: true }),
      pin("c", "1.0", { requiredBy: ["a"] }),
    ]),
  );
  const lock = await lockOfBlueprint(made, { folder });
  assert.deepEqual(entries(lock), [
    "a 1.0",
    "b 1.0 sys_platform == 'win32'",
    "c 2.0 sys_platform != 'win32'",
    "c 1.0 sys_platform == 'win32'",
  ]);
  assert.equal(lock.requiresPython, "==3.12.*");
  assert.deepEqual(lock.environments?.map(markerText), [
    "sys_platform == 'linux' and platform_machine == 'x86_64' and python_version == '3.12'",
    "sys_platform == 'darwin' and platform_machine == 'arm64' and python_version == '3.12'",
    "sys_platform == 'win32' and platform_machine == 'AMD64' and python_version == '3.12'",
  ]);
  assert.deepEqual(lock.packages[0]?.dependencies, [
    { name: "c", version: "2.0" },
    { name: "c", version: "1.0" },
  ]);
  await assertRoundTrip(made);
});

test("writes a `requires-python` that includes the Pythons of all targets", async () => {
  const made = blueprint(
    target("linux-x86_64", "3.10.4", [pin("a", "1.0")]),
    target("linux-x86_64", "3.13.1", [pin("a", "2.0")]),
  );
  const lock = await lockOfBlueprint(made, { folder });
  assert.equal(lock.requiresPython, ">=3.10,<3.14");
  assert.deepEqual(entries(lock), ["a 2.0 python_version == '3.13'", "a 1.0 python_version == '3.10'"]);
  await assertRoundTrip(made);
});

test("allows different files, but not different versions, for targets with equal markers", async () => {
  const glibc = target("linux-x86_64", "3.12.1", [
    pin("a", "1.0", { tags: "cp312-cp312-manylinux_2_17_x86_64" }),
  ]);
  const musl = (version: string) =>
    target("linux-x86_64-musl", "3.12.1", [pin("a", version, { tags: "cp312-cp312-musllinux_1_1_x86_64" })]);
  await assertRoundTrip(blueprint(glibc, musl("1.0")));
  await assert.rejects(textOf(blueprint(glibc, musl("1.1"))), { code: "indistinct-targets" });
});

test("writes the source distribution and all wheels that a target might use, and no others", async () => {
  const wheels = [
    "cp312-cp312-manylinux_2_17_x86_64",
    // Newer than the platform that is resolved for. The installing machine may be newer, too.
    "cp312-cp312-manylinux_2_39_x86_64",
    "cp312-cp312-win_amd64",
    "cp311-cp311-win_amd64",
    "cp312-cp312-macosx_11_0_arm64",
    "cp39-abi3-win_amd64",
    "pp310-pypy310_pp73-win_amd64",
  ];
  const db = fakePackageDB({ a: { "1.0": { wheels, sdist: true }, "1.1": {} } });
  const made = blueprint(
    target("linux-x86_64", "3.12.1", [pin("a", "1.0", { tags: "cp312-cp312-manylinux_2_17_x86_64" })]),
    target("windows-x86_64", "3.12.1", [pin("a", "1.0", { tags: "cp312-cp312-win_amd64" })]),
  );
  const lock = await lockOfBlueprint(made, { folder, db });
  const [entry] = lock.packages;
  assert.ok(entry?.source.kind === "files");
  assert.deepEqual(
    entry.source.wheels.map(({ name }) => name),
    [
      "a-1.0-cp312-cp312-manylinux_2_17_x86_64.whl",
      "a-1.0-cp312-cp312-manylinux_2_39_x86_64.whl",
      "a-1.0-cp312-cp312-win_amd64.whl",
      "a-1.0-cp39-abi3-win_amd64.whl",
    ],
  );
  assert.equal(entry.source.sdist?.name, "a-1.0.tar.gz");
  assert.deepEqual(await readBack(formatPylock(lock)), made);
});

test("records which file is pinned for a target if the standard's rules would choose another", async () => {
  const db = fakePackageDB({ a: { "1.0": { sdist: true } } });
  const sdist: PackagePin = {
    ...pin("a", "1.0"),
    artifact: {
      kind: "sdist",
      filename: "a-1.0.tar.gz",
      url: "https://files.example/a-1.0.tar.gz",
      hashes: { sha256: hash },
      index: "https://index.example/simple/",
      size: 7,
      uploadTime: "2025-01-01T10:00:00.500Z",
    },
    build: {
      packages: [pin("flit-core", "3.0", { requested: true, requires: ["x"], requiresPython: ">=3.8" })],
      settings: { key: "value", more: ["a", "b"] },
    },
  };
  const made = blueprint(
    target("linux-x86_64", "3.12.1", [pin("a", "1.0")]),
    target("windows-x86_64", "3.12.1", [sdist]),
    target("macos-arm64", "3.12.1", [sdist]),
  );
  const text = await textOf(made, { db });
  assert.deepEqual(await readBack(text), made);
  const { targets, builds } = (parse(text)["tool"] as { posy: { targets: unknown[]; builds: unknown[] } })
    .posy;
  assert.deepEqual(
    targets.map((each) => (each as { artifacts?: object }).artifacts),
    [undefined, { a: "a-1.0.tar.gz" }, { a: "a-1.0.tar.gz" }].map(
      (each) => each && Object.assign(Object.create(null), each),
    ),
  );
  // Equal builds are written once.
  assert.equal(builds.length, 1);
});

test("reads back nested builds, builds without isolation, and builds whose backend was not run", async () => {
  const inner = pin("inner", "1.0", {
    build: { packages: [pin("core", "1.0", { requested: true })], unasked: true },
    artifact: {
      kind: "sdist",
      filename: "inner-1.0.tar.gz",
      url: "https://files.example/inner-1.0.tar.gz",
      hashes: { sha256: hash },
    },
    requiredBy: ["outer"],
  });
  const made = blueprint(
    target("linux-x86_64", "3.12.1", [
      { ...inner, name: "a", requiredBy: [], build: { packages: [inner] } },
      { ...inner, name: "b", requiredBy: [], build: { packages: [], isolated: false } },
    ]),
  );
  // The file names need the names of their packages, or reading would refuse them.
  const named = {
    ...made,
    targets: made.targets.map((each) => ({
      ...each,
      packages: each.packages.map((one) => ({
        ...one,
        artifact: {
          ...one.artifact,
          filename: `${one.name}-1.0.tar.gz`,
          url: `https://files.example/${one.name}-1.0.tar.gz`,
        },
      })),
    })),
  };
  await assertRoundTrip(named);
});

test("writes a build package of several builds once, and its differences with each build", async () => {
  const built = (name: string, ...packages: PackagePin[]): PackagePin =>
    pin(name, "1.0", {
      artifact: {
        kind: "sdist",
        filename: `${name}-1.0.tar.gz`,
        url: `https://files.example/${name}-1.0.tar.gz`,
        hashes: { sha256: hash },
      },
      build: { packages },
    });
  const backend = pin("backend", "1.0", { requires: ["x"], requested: true });
  const packages = [
    built("a", backend),
    built("b", { ...backend, requested: false, requiredBy: ["other"] }),
    // The same file with different metadata gets a separate entry.
    built("c", { ...backend, metadata: { requiresDist: ["y"], providesExtra: [] } }),
  ];
  const text = await assertRoundTrip(
    blueprint(target("linux-x86_64", "3.12.1", packages), target("macos-arm64", "3.12.1", packages)),
  );
  assert.equal(text.match(/name = "backend"/g)?.length, 2);
  assert.match(text, /packages = \[\n {4}\{id = "backend-1\.0-py3-none-any\.whl 2", requested = true\},\n\]/);
  await assert.rejects(
    readBack(text.replaceAll("any.whl 2", "any.whl 3").replace("any.whl 3", "any.whl 2")),
    {
      code: "invalid-lock",
    },
  );
});

test("reads back git repositories, archives and direct URLs", async () => {
  const commitId = "12".repeat(20);
  const made = blueprint(
    target("linux-x86_64", "3.12.1", [
      pin("archive", "1.0", {
        artifact: {
          kind: "source",
          filename: "archive-1.0",
          url: `https://forge.example/archive/main.zip#sha256=${hash}`,
          hashes: { sha256: hash },
          direct: true,
          origin: {
            kind: "archive",
            url: "https://forge.example/archive/main.zip",
            hashes: { sha256: hash },
          },
          identity: hash,
        },
      }),
      pin("git", "1.0", {
        artifact: {
          kind: "source",
          filename: "git-1.0",
          url: `git+https://forge.example/git.git@${commitId}#subdirectory=sub`,
          hashes: {},
          direct: true,
          origin: {
            kind: "vcs",
            vcs: "git",
            url: "https://forge.example/git.git",
            requestedRevision: "main",
            commitId,
            subdirectory: "sub",
          },
          identity: "cd".repeat(32),
        },
      }),
      pin("wheel", "1.0", {
        artifact: {
          kind: "wheel",
          filename: "wheel-1.0-py3-none-any.whl",
          url: "https://files.example/wheel-1.0-py3-none-any.whl",
          hashes: { sha256: hash },
          direct: true,
        },
      }),
    ]),
  );
  const text = await assertRoundTrip(made);
  assert.match(text, /archive = \{url = "https:\/\/forge\.example\/archive\/main\.zip", hashes = /);
  assert.match(text, /name = "git"\nvcs = \{type = "git", url = .*requested-revision = "main", commit-id = /);
});

test("writes local files relative to the lock, and finds them after the folder was moved", async () => {
  const root = mkdtempSync(join(tmpdir(), "posy-pylock-"));
  try {
    const blueprintIn = async (project: string): Promise<Blueprint> => {
      mkdirSync(join(project, "lib"), { recursive: true });
      writeFileSync(join(project, "lib", "pyproject.toml"), "");
      const { url, origin, identity } = await pinFolder(
        {
          kind: "folder",
          path: join(project, "lib"),
          editable: true,
        },
        process.env,
      );
      const wheel = pathToFileURL(join(project, "wheels", "w-1.0-py3-none-any.whl")).href;
      return blueprint(
        target("linux-x86_64", "3.12.1", [
          pin("lib", "0.1", {
            artifact: {
              kind: "source",
              filename: "lib-0.1",
              url,
              hashes: {},
              direct: true,
              origin,
              identity,
            },
            requested: true,
          }),
          pin("w", "1.0", {
            artifact: {
              kind: "wheel",
              filename: "w-1.0-py3-none-any.whl",
              url: wheel,
              hashes: { sha256: hash },
            },
          }),
        ]),
      );
    };
    const text = await assertRoundTrip(await blueprintIn(join(root, "here")), join(root, "here"));
    assert.match(text, /directory = \{path = "lib", editable = true\}/);
    assert.match(text, /\{path = "wheels\/w-1\.0-py3-none-any\.whl", hashes/);
    assert.ok(!text.includes(root));
    assert.deepEqual(
      await readBack(text, join(root, "there")).catch((error: { code: string }) => error.code),
      "not-found",
    );
    assert.deepEqual(await blueprintIn(join(root, "there")), await readBack(text, join(root, "there")));
  } finally {
    rmSync(root, { recursive: true });
  }
});

test("keeps the metadata of a version that differs between targets", async () => {
  const made = blueprint(
    target("linux-x86_64", "3.12.1", [
      pin("a", "1.0", { requires: ["nvidia"], extras: ["cuda"], requested: true }),
    ]),
    target("macos-arm64", "3.12.1", [pin("a", "1.0", { requiresPython: ">=3.9", requested: true })]),
    target("windows-x86_64", "3.12.1", [pin("a", "1.0", { requiresPython: ">=3.9", requested: true })]),
  );
  const text = await assertRoundTrip(made);
  assert.equal(text.match(/\[\[packages\]\]/g)?.length, 1);
});

test("keeps an old `requires-python` that is not a valid specifier in `[packages.tool.posy]`", async () => {
  const text = await assertRoundTrip(
    blueprint(target("linux-x86_64", "3.12.1", [pin("a", "1.0", { requiresPython: ">=3.6.*" })])),
  );
  assert.match(text, /\[packages\.tool\.posy\]\nrequires-python = ">=3\.6\.\*"/);
});

test("records that metadata is unknown, in a lock that was made from another tool's lock", async () => {
  const { metadata, ...rest } = pin("a", "1.0");
  await assertRoundTrip(
    blueprint(target("linux-x86_64", "3.12.1", [{ ...rest, metadata: { ...metadata, unread: true } }])),
  );
});

test("records the fingerprint", async () => {
  const text = await textOf(blueprint(target("linux-x86_64", "3.12.1", [])), { fingerprint: "abc" });
  const lock = await parsePylock(text, "pylock.toml");
  assert.equal(fingerprintOfPylock(lock), "abc");
  assert.deepEqual(lock.packages, []);
});

test("rejects a lock with invalid values in `[tool.posy]`", async () => {
  const text = await textOf(blueprint(target("linux-x86_64", "3.12.1", [pin("a", "1.0")])));
  await assert.rejects(readBack(text.replace('platform = "linux-x86_64"', 'platform = "plan9"')), {
    code: "invalid-lock",
  });
  await assert.rejects(readBack(text.replace("version = 1\n", "version = 2\n")), { code: "invalid-lock" });
  await assert.rejects(readBack(text.replace('kind = "catalogue"', 'kind = "magic"')), {
    code: "invalid-blueprint",
  });
  await assert.rejects(
    readBack(
      text.replace(
        /, url = "https:[^"]*"|url = "https:[^"]*"/,
        'url = "gopher://files.example/a-1.0-py3-none-any.whl"',
      ),
    ),
    {
      code: "invalid-blueprint",
    },
  );
});

describe("reads back any Blueprint", () => {
  const names = ["a", "b-c", "d", "e"];
  const kinds = fc.constantFrom("none", "1.0", "2.0rc1", "native", "extras", "requiring");
  const platforms = ["linux-x86_64", "linux-aarch64", "macos-arm64", "windows-x86_64"] as const;
  const native = {
    "linux-x86_64": "manylinux_2_28_x86_64",
    "linux-aarch64": "manylinux_2_28_aarch64",
    "macos-arm64": "macosx_12_0_arm64",
    "windows-x86_64": "win_amd64",
  };
  const packagesFor = (
    platform: (typeof platforms)[number],
    python: string,
    chosen: readonly string[],
  ): PackagePin[] => {
    const tag = `cp${python.split(".").slice(0, 2).join("")}`;
    const pinned = names.filter((_, index) => chosen[index] !== "none");
    const requiring = names.filter((_, index) => chosen[index] === "requiring");
    return names.flatMap((name, index) => {
      const kind = chosen[index];
      if (kind === "none" || kind === undefined) return [];
      const requiredBy = requiring.filter((other) => other !== name);
      switch (kind) {
        case "native":
          return [pin(name, "1.0", { tags: `${tag}-${tag}-${native[platform]}`, requiredBy })];
        case "extras":
          return [pin(name, "1.0", { extras: ["x", "y"], requested: true, requiredBy })];
        case "requiring":
          return [pin(name, "1.0", { requires: pinned.filter((other) => other !== name), requiredBy })];
        default:
          return [pin(name, kind, { requiredBy })];
      }
    });
  };
  test("and writes the same text again", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.subarray([...platforms], { minLength: 1 }),
        fc.shuffledSubarray(["3.14.2", "3.12.4", "3.12.1", "3.10.8"], { minLength: 1 }),
        fc.array(fc.array(kinds, { minLength: 4, maxLength: 4 }), { minLength: 16, maxLength: 16 }),
        async (some, pythons, chosen) => {
          const grid = pythons.flatMap((python) => some.map((platform) => [platform, python] as const));
          await assertRoundTrip(
            blueprint(
              ...grid.map(([platform, python], index) =>
                target(platform, python, packagesFor(platform, python, chosen[index] ?? [])),
              ),
            ),
          );
        },
      ),
      { numRuns: 40 },
    );
  });
});
