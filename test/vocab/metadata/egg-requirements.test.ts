import assert from "node:assert/strict";
import { test } from "node:test";
import { metadataOfEgg } from "../../../src/vocab/metadata/egg-requirements.ts";
import { parseMetadata } from "../../../src/vocab/metadata/metadata.ts";

const pkgInfo =
  "Metadata-Version: 1.2\nName: a\nVersion: 1.0\nSummary: none\nRequires-Python: >=3.6\nProvides-Extra: x\n";

function read(requires: string) {
  const { requirementTexts, providesExtra, requiresPython, name } = parseMetadata(
    metadataOfEgg(pkgInfo, requires),
  );
  return { requirementTexts, providesExtra, requiresPython: requiresPython?.text, name };
}

test("reads a `requires.txt` with sections for extras and markers", () => {
  const requires = `b>=1
c[y]<2

[:python_version < "3" or os_name == "nt"]
d

[x]
e

[x:sys_platform == "win32"]
f ; extra == "z" or python_version > "3"
`;
  assert.deepEqual(read(requires), {
    requirementTexts: [
      "b>=1",
      "c[y]<2",
      'd; python_version < "3" or os_name == "nt"',
      'e; extra == "x"',
      'f; (extra == "z" or python_version > "3") and sys_platform == "win32" and extra == "x"',
    ],
    providesExtra: ["x"],
    requiresPython: ">=3.6",
    name: "a",
  });
});

test("separates the marker of a requirement from its URL", () => {
  assert.deepEqual(read("[x]\nb @ https://example.org/b.zip\n").requirementTexts, [
    'b @ https://example.org/b.zip ; extra == "x"',
  ]);
});

test("reads an empty `requires.txt` as no requirements", () => {
  assert.deepEqual(read("").requirementTexts, []);
});
