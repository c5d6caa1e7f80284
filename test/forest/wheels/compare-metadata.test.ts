import assert from "node:assert/strict";
import { test } from "node:test";
import { compareMetadata } from "../../../src/forest/wheels/compare-metadata.ts";
import type { WheelManifest } from "../../../src/forest/wheels/wheel-manifest.ts";
import { pin } from "../../lockfile/blueprints.ts";

const manifest = {
  filename: "a-1.0-py3-none-any.whl",
  requiresPython: "",
  requiresDist: ["lib @ file:///there/lib"],
};

test("compareMetadata ignores the paths of other folders in the metadata of a folder", () => {
  const artifact = {
    kind: "source",
    filename: "a-1.0",
    url: "file:///here/a",
    hashes: {},
    direct: true,
    origin: { kind: "directory", url: "file:///here/a", editable: false },
    identity: "ef".repeat(32),
  } as const;
  const compare = (recipe: Parameters<typeof pin>[2], requiresDist = manifest.requiresDist) =>
    compareMetadata(pin("a", "1.0", recipe), { ...manifest, requiresDist } as unknown as WheelManifest)
      ?.difference;
  const requires = ["lib @ file:///here/lib"];
  assert.equal(compare({ artifact, requires }), undefined);
  assert.match(compare({ artifact, requires }, ["other"]) ?? "", /also requires `other`/);
  assert.match(compare({ requires }) ?? "", /also requires `lib @ file:\/\/\/there\/lib`/);
});
