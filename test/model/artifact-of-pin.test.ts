import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { artifactOfPin, buildableOfPin } from "../../src/model/artifact-of-pin.ts";
import type { PackagePin, PinnedArtifact } from "../../src/model/blueprint.ts";

function pin(artifact: Partial<PinnedArtifact> & Pick<PinnedArtifact, "kind" | "filename">): PackagePin {
  return {
    name: "foo",
    version: "1.0",
    extras: [],
    artifact: { url: `https://files.example/${artifact.filename}`, hashes: { sha256: "ab" }, ...artifact },
    metadata: { requiresDist: [], requiresPython: ">=3.8", providesExtra: [] },
    requiredBy: [],
    requested: true,
  };
}
const origin = { kind: "directory", url: "file:///foo", editable: false } as const;
const source = { kind: "source", filename: "foo", url: "file:///foo", hashes: {} } as const;

describe("the artifact of a pin", () => {
  test("has every field that the pin records of a wheel", () => {
    const { wheel, version, ...fields } = artifactOfPin(
      pin({
        kind: "wheel",
        filename: "foo-1.0-py3-none-any.whl",
        size: 7,
        index: "https://index.example/",
        uploadTime: "2024-01-02T00:00:00.000Z",
      }),
    ) as Extract<ReturnType<typeof artifactOfPin>, { kind: "wheel" }>;
    assert.equal(wheel.name, "foo");
    assert.equal(version.text, "1.0");
    assert.deepEqual(fields, {
      kind: "wheel",
      name: "foo",
      filename: "foo-1.0-py3-none-any.whl",
      url: "https://files.example/foo-1.0-py3-none-any.whl",
      hashes: { sha256: "ab" },
      yanked: false,
      size: 7,
      requiresPython: ">=3.8",
      uploadTime: new Date("2024-01-02T00:00:00.000Z"),
      index: "https://index.example/",
    });
  });

  test("has the version in the file name of a source distribution", () => {
    const artifact = artifactOfPin(pin({ kind: "sdist", filename: "foo-1.0.tar.gz" }));
    assert.deepEqual([artifact.kind, artifact.name, artifact.version.text], ["sdist", "foo", "1.0"]);
    assert.ok(!("size" in artifact) && !("index" in artifact) && !("uploadTime" in artifact));
  });

  test("has the origin and the identity of a source", () => {
    const artifact = buildableOfPin(pin({ ...source, origin, identity: "cd" }));
    assert.equal(artifact.kind, "source");
    assert.deepEqual("origin" in artifact && [artifact.origin, artifact.identity], [origin, "cd"]);
  });

  test("has no upload time if that of the pin is malformed", () => {
    const artifact = artifactOfPin(pin({ kind: "sdist", filename: "foo-1.0.zip", uploadTime: "soon" }));
    assert.ok(!("uploadTime" in artifact));
  });
});

test("artifactOfPin and buildableOfPin reject pins that do not say what they are built from", () => {
  const rejected = {
    code: "invalid-blueprint",
    message: "the pin of `foo 1.0` does not say what it is built from",
  };
  assert.throws(() => artifactOfPin(pin(source)), rejected);
  assert.throws(() => buildableOfPin(pin({ ...source, origin })), rejected);
  assert.throws(() => buildableOfPin(pin({ kind: "wheel", filename: "foo-1.0-py3-none-any.whl" })), rejected);
  assert.throws(() => artifactOfPin(pin({ kind: "wheel", filename: "foo.whl" })), {
    code: "invalid-filename",
  });
});
