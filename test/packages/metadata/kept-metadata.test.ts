import assert from "node:assert/strict";
import { test } from "node:test";
import { readDigest, writeDigest } from "../../../src/packages/metadata/kept-metadata.ts";
import { evaluateMarker } from "../../../src/vocab/requirement/marker.ts";
import { formatSpecifierSet } from "../../../src/vocab/version/specifier.ts";
import { parseMetadata } from "../../../src/vocab/metadata/metadata.ts";

const rich = `Metadata-Version: 2.4
Name: Some.Thing
Version: 1.0.0rc1
Summary: what it is
License-Expression: MIT
Requires-Python: >=3.9, !=3.10.*
Provides-Extra: Fast
Provides-Extra: test
Requires-Dist: numpy (>=1.20)
Requires-Dist: tomli>=2 ; python_version < "3.11"
Requires-Dist: uvloop ; extra == 'fast' and sys_platform != "win32"
Requires-Dist: other @ https://host.example/other-1.0.tar.gz ; extra == "test"
Requires-Dist: old>=1.0.*
Dynamic: License-File
Classifier: Programming Language :: Python
`;

for (const [what, source] of [
  ["with every field", rich],
  ["with the minimum", "Metadata-Version: 1.0\nName: a\nVersion: 1\n"],
  ["with warnings", "Name: a\nVersion: 1\nProvides-Extra: -\n"],
] as const) {
  test(`reads cached metadata back unchanged: ${what}`, () => {
    const metadata = parseMetadata(source);
    const kept = readDigest(writeDigest(metadata), source);
    const { name, version, metadataVersion, requiresPython, providesExtra, dynamic, summary, warnings } =
      kept;
    assert.deepEqual(
      { name, version, metadataVersion, providesExtra, dynamic, summary, warnings },
      {
        name: metadata.name,
        version: metadata.version,
        metadataVersion: metadata.metadataVersion,
        providesExtra: metadata.providesExtra,
        dynamic: metadata.dynamic,
        summary: metadata.summary,
        warnings: metadata.warnings,
      },
    );
    const text = (specifier = metadata.requiresPython) => specifier && formatSpecifierSet(specifier);
    assert.equal(text(requiresPython), text());
    assert.deepEqual(kept.requiresDist, metadata.requiresDist);
    assert.deepEqual(kept.requirementTexts, metadata.requirementTexts);
    for (const field of ["Classifier", "license-expression", "Requires-Dist"]) {
      assert.deepEqual(kept.field(field), metadata.field(field));
    }
  });
}

test("selects the same requirements by their markers from cached metadata", () => {
  const metadata = parseMetadata(rich);
  const kept = readDigest(writeDigest(metadata), rich);
  const environment = { python_version: "3.10", sys_platform: "linux" } as never;
  for (const extra of [undefined, "fast", "test"]) {
    const extras = new Set(extra === undefined ? [] : [extra]);
    const wanted = metadata.requiresDist
      .filter(({ marker }) => marker === undefined || evaluateMarker(marker, environment, extras))
      .map(({ name }) => name);
    const found = kept.requirementsWhere(
      (marker) => marker === undefined || evaluateMarker(marker, environment, extras),
    );
    assert.deepEqual(
      found.map(({ name }) => name),
      wanted,
    );
  }
});
