import assert from "node:assert/strict";
import { test } from "node:test";
import type { Sources } from "../../src/resolve/resolve-context.ts";
import { parseMetadata } from "../../src/vocab/metadata/metadata.ts";
import { parseRequirement } from "../../src/vocab/requirement/requirement.ts";
import { type FakeIndex, fakePackageDB } from "../support/fake-package-db.ts";
import { resolving } from "./resolving.ts";

const wheels = ["manylinux_2_17_x86_64", "win_amd64", "macosx_11_0_arm64"].map((tag) => `cp312-cp312-${tag}`);
const platforms = ["linux-x86_64", "windows-x86_64", "macos-arm64"] as const;

/** Resolves, and holds back the metadata of `last`, which every target needs, until all of `wanted` were requested. */
async function withheldUntil(wanted: readonly string[], index: FakeIndex, sources?: Sources) {
  const fake = fakePackageDB(index);
  const deadline = Date.now() + 5000;
  return resolving(index, {
    with: ["a", "last"],
    brief: { platforms },
    ...(sources && { sources }),
    db: {
      ...fake,
      async metadata(artifact) {
        while (artifact.name === "last" && !wanted.every((each) => fake.asked.includes(each))) {
          assert.ok(Date.now() < deadline, `asked for: ${fake.asked.join(", ")}`);
          await new Promise((again) => setTimeout(again, 1));
        }
        return fake.metadata(artifact);
      },
    },
  });
}

test("prefetches other files and additional packages of later targets while the first is solved", async () => {
  const index: FakeIndex = {
    a: {
      "1": { requires: ["b", "only-there; sys_platform == 'win32'", "not-there; sys_platform != 'win32'"] },
    },
    b: { "1": { wheels } },
    "not-there": { "1": { wheels } },
    "only-there": { "1": { requires: ["beyond"] } },
    beyond: { "1": {} },
    last: { "1": {} },
  };
  const { blueprint, asked } = await withheldUntil(
    [...wheels.map((tags) => `metadata b-1-${tags}.whl`), "metadata beyond-1-py3-none-any.whl"],
    index,
  );
  assert.deepEqual(
    blueprint.targets.map(({ packages }) => packages.map(({ name }) => name).join(" ")),
    ["a b last not-there", "a b beyond last only-there", "a b last not-there"],
  );
  const metadata = asked.filter((question) => question.startsWith("metadata"));
  assert.equal(metadata.length, new Set(metadata).size);
  // Nothing is requested that no target needs.
  assert.equal(metadata.filter((question) => question.includes("not_there")).length, 2);
});

test("prefetches sources of later targets and their build requirements while the first is solved", async () => {
  const index: FakeIndex = {
    a: { "1": { wheels: wheels.slice(0, 2), sdist: true } },
    backend: { "1": {} },
    last: { "1": {} },
  };
  const metadata = parseMetadata("Metadata-Version: 2.2\nName: a\nVersion: 1\n");
  const { blueprint } = await withheldUntil(["metadata backend-1-py3-none-any.whl"], index, {
    direct: async () => undefined,
    metadata: async () => ({ kind: "known", metadata }),
    build: async () => ({ packages: [] }),
    prefetch: async ({ filename }, { platform }) => {
      assert.deepEqual([filename, platform], ["a-1.tar.gz", "macos-arm64"]);
      return { metadata, requires: [parseRequirement("backend")] };
    },
  });
  assert.equal(blueprint.targets[2]?.packages.find(({ name }) => name === "a")?.artifact.kind, "sdist");
});

test("prefetches the requirements of an extra even if the package without the extra was seen before", async () => {
  const index: FakeIndex = {
    a: { "1": { requires: ["b", "c"] } },
    b: { "1": { requires: ["more; extra == 'x'"], extras: ["x"] } },
    c: { "1": { requires: ["b[x]"] } },
    more: { "1": { requires: ["beyond"] } },
    beyond: { "1": {} },
    last: { "1": {} },
  };
  await withheldUntil(["metadata beyond-1-py3-none-any.whl"], index);
});
