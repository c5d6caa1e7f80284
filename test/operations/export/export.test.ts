import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { exportCyclonedx } from "../../../src/operations/export/export-cyclonedx.ts";
import { exportConstraints, exportRequirements } from "../../../src/operations/export/export-requirements.ts";
import { licenceOf } from "../../../src/operations/export/licence.ts";
import { lockOfBlueprint } from "../../../src/lockfile/from-blueprint/lock-of-blueprint.ts";
import { parseMetadata } from "../../../src/vocab/metadata/metadata.ts";
import { fakePackageDB, fakeSha256 } from "../../support/fake-package-db.ts";
import { blueprint, pin, target } from "../../lockfile/blueprints.ts";

const commitId = "12".repeat(20);
const made = blueprint(
  target("linux-x86_64", "3.12.1", [
    pin("a", "1.0", { requires: ["b"], requested: true }),
    pin("b", "2.0", { requiredBy: ["a"] }),
    pin("git", "3.0", {
      artifact: {
        kind: "source",
        filename: "git-3.0",
        url: `git+https://forge.example/git.git@${commitId}#subdirectory=sub`,
        hashes: {},
        direct: true,
        origin: {
          kind: "vcs",
          vcs: "git",
          url: "https://forge.example/git.git",
          commitId,
          subdirectory: "sub",
        },
        identity: "cd".repeat(32),
      },
    }),
    pin("here", "0.1", {
      artifact: {
        kind: "source",
        filename: "here-0.1",
        url: "file:///project/lib#editable=true",
        hashes: {},
        direct: true,
        origin: { kind: "directory", url: "file:///project/lib", editable: true },
        identity: "ef".repeat(32),
      },
    }),
  ]),
  target("windows-x86_64", "3.12.1", [
    pin("a", "1.0", { requires: ["b", "w"], requested: true }),
    pin("b", "2.1", { requiredBy: ["a"] }),
    pin("w", "1.0", { requiredBy: ["a"] }),
  ]),
);
const lock = await lockOfBlueprint(made, {
  folder: "/project",
  db: fakePackageDB({ a: { "1.0": { sdist: true } }, b: { "2.0": {}, "2.1": {} }, w: { "1.0": {} } }),
});
const hashLine = (...names: string[]) =>
  names
    .map((name) => `    --hash=sha256:${fakeSha256(name)}`)
    .sort()
    .join(" \\\n");

test("exportRequirements writes versions, markers, hashes of all files, and which packages require each package", () => {
  assert.equal(
    exportRequirements(lock, { folder: "/project", hashes: true, annotate: true }),
    `a==1.0 \\
${hashLine("a-1.0-py3-none-any.whl", "a-1.0.tar.gz")}
b==2.1 ; sys_platform == 'win32' \\
${hashLine("b-2.1-py3-none-any.whl")}
    # via a
b==2.0 ; sys_platform == 'linux' \\
${hashLine("b-2.0-py3-none-any.whl")}
    # via a
git @ git+https://forge.example/git.git@${commitId}#subdirectory=sub ; sys_platform == 'linux'
-e ./lib ; sys_platform == 'linux'
w==1.0 ; sys_platform == 'win32' \\
${hashLine("w-1.0-py3-none-any.whl")}
    # via a
`,
  );
});

test("exportConstraints writes names and no hashes", () => {
  assert.equal(
    exportConstraints(lock, "/project"),
    `a==1.0
b==2.1 ; sys_platform == 'win32'
b==2.0 ; sys_platform == 'linux'
git @ git+https://forge.example/git.git@${commitId}#subdirectory=sub ; sys_platform == 'linux'
here @ file:///project/lib ; sys_platform == 'linux'
w==1.0 ; sys_platform == 'win32'
`,
  );
});

test("exportCyclonedx writes packages, licences, files, interpreters and dependencies", () => {
  const options = {
    version: "9.9",
    versions: new Map([
      ["git", "3.0"],
      ["here", "0.1"],
    ]),
    licences: new Map([["a 1.0", { kind: "expression", text: "MIT" } as const]]),
    interpreters: made.targets.map(({ python }) => python),
  };
  const text = exportCyclonedx(lock, options);
  assert.equal(exportCyclonedx(lock, options), text);
  const bom = JSON.parse(text) as {
    specVersion: string;
    serialNumber: string;
    components: {
      purl: string;
      type: string;
      licenses?: unknown;
      properties?: unknown;
      externalReferences?: { url: string }[];
    }[];
    dependencies: unknown;
  };
  assert.equal(bom.specVersion, "1.5");
  assert.match(bom.serialNumber, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  const git = `pkg:pypi/git@3.0?vcs_url=${encodeURIComponent(`git+https://forge.example/git.git@${commitId}`)}`;
  assert.deepEqual(
    bom.components.map(({ type, purl }) => `${type} ${purl}`),
    [
      "library pkg:pypi/a@1.0",
      "library pkg:pypi/b@2.1",
      "library pkg:pypi/b@2.0",
      `library ${git}`,
      "library pkg:pypi/here@0.1",
      "library pkg:pypi/w@1.0",
      "platform pkg:maven/org.example/cpython@3.12.1?classifier=linux-x86_64",
      "platform pkg:maven/org.example/cpython@3.12.1?classifier=windows-x86_64",
    ],
  );
  assert.deepEqual(bom.components[0]?.licenses, [{ expression: "MIT" }]);
  assert.deepEqual(bom.components[0]?.externalReferences?.length, 2);
  assert.deepEqual(bom.components[1]?.properties, [
    { name: "posy:package:marker", value: "sys_platform == 'win32'" },
  ]);
  assert.deepEqual((bom.dependencies as unknown[])[0], {
    ref: "pkg:pypi/a@1.0",
    dependsOn: ["pkg:pypi/b@2.1", "pkg:pypi/b@2.0", "pkg:pypi/w@1.0"],
  });
});

describe("licenceOf reads", () => {
  const rows: [string, string, unknown][] = [
    [
      "an expression",
      "License-Expression: MIT OR Apache-2.0",
      { kind: "expression", text: "MIT OR Apache-2.0" },
    ],
    [
      "a classifier",
      "License: see file\nClassifier: License :: OSI Approved :: MIT License",
      { kind: "words", text: "MIT License" },
    ],
    ["a name", "License: BSD", { kind: "words", text: "BSD" }],
    ["no licence from `UNKNOWN`", "License: UNKNOWN", undefined],
    ["no licence from a whole text", `License: ${"Permission is hereby granted ".repeat(10)}`, undefined],
  ];
  for (const [what, lines, licence] of rows) {
    test(what, () =>
      assert.deepEqual(
        licenceOf(parseMetadata(`Metadata-Version: 2.4\nName: a\nVersion: 1\n${lines}\n`)),
        licence,
      ),
    );
  }
});
