import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { PosyError } from "../../src/errors/posy-error.ts";
import { parseMetadata } from "../../src/vocab/metadata/metadata.ts";
import { askPython } from "../support/oracle.ts";

const script = `
import json, sys
from packaging.metadata import Metadata, ExceptionGroup, InvalidMetadata
from packaging.utils import canonicalize_name
def read(text):
    try: m = Metadata.from_email(text, validate=False)
    except ExceptionGroup: return None
    try:
        return {
            "metadataVersion": m.metadata_version,
            "name": canonicalize_name(m.name, validate=True),
            "version": str(m.version),
            "requiresDist": [
                [canonicalize_name(r.name), sorted(map(canonicalize_name, r.extras)), r.url, r.marker is not None]
                for r in m.requires_dist or []
            ],
            "requiresPython": m.requires_python is not None,
            "providesExtra": list(dict.fromkeys(m.provides_extra or [])),
            "dynamic": m.dynamic or [],
            "summary": m.summary,
            "importName": m.import_names or [],
        }
    except (InvalidMetadata, ValueError, ExceptionGroup): return None
print(json.dumps([read(text) for text in json.load(sys.stdin)]))
`;

const optional = [
  "Summary: one line",
  "Requires-Dist: trio",
  "Requires-Dist: Foo.Bar[Baz,qux] (>=1.0,<2) ; extra == 'test'",
  "Requires-Dist: a >= 1; python_version < '3.8' and extra == 'x'",
  "Requires-Dist: b @ https://example.example/b.zip",
  "Requires-Dist: c ==1.*",
  "Requires-Python: >=3.8",
  "Provides-Extra: Test_Extra",
  "Provides-Extra: x",
  "Provides-Extra: x",
  "Dynamic: Requires-Dist",
  "Dynamic: license",
  "Classifier: Programming Language :: Python",
  "Import-Name: a.b ; private",
  "Project-URL: Home, https://example.example",
  "X-Unknown: whatever",
  "Description-Content-Type: text/markdown",
  "Keywords: a,b",
];
const repairable = ["Requires-Python: >=3.6.*", "Requires-Dist: e>=2.*"];
const hopeless = [
  "Requires-Dist: d (>=1.0",
  "Requires-Dist: two words",
  "Requires-Python: what",
  "Requires-Dist: f; no_such == '1'",
];
const head = fc
  .tuple(
    fc.constantFrom("1.0", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5"),
    fc.constantFrom("a", "Zope.Interface", "x_y", "bad name"),
    fc.constantFrom("1.0", "1.0.0", "2024.1rc1", "1.0+local", "v1", "nothing"),
  )
  .map(([metadata, name, version]) => [
    `Metadata-Version: ${metadata}`,
    `Name: ${name}`,
    `Version: ${version}`,
  ]);
const texts = fc.sample(
  fc
    .tuple(
      head,
      fc.array(fc.constantFrom(...optional, ...optional, ...optional, ...repairable, ...hopeless), {
        maxLength: 8,
      }),
      fc.constantFrom("", "\n# Title\n\nName: not this\nRequires-Dist: nor this\n"),
    )
    .map(([first, rest, body]) => `${[...first, ...rest].join("\n")}\n${body}`),
  { numRuns: 5000, seed: 1 },
);

interface Answer {
  metadataVersion: string;
  name: string;
  version: string;
  requiresDist: [name: string, extras: string[], url: string | null, marker: boolean][];
  requiresPython: boolean;
  providesExtra: string[];
  dynamic: string[];
  summary: string | null;
  importName: string[];
}

function read(text: string): Answer | undefined {
  try {
    const metadata = parseMetadata(text);
    return {
      metadataVersion: metadata.metadataVersion,
      name: metadata.name,
      version: metadata.version.text,
      requiresDist: metadata.requiresDist.map(({ name, extras, url, marker }) => {
        return [name, extras.toSorted((a, b) => (a < b ? -1 : 1)), url ?? null, marker !== undefined];
      }),
      requiresPython: metadata.requiresPython !== undefined,
      providesExtra: [...metadata.providesExtra],
      dynamic: [...metadata.dynamic],
      summary: metadata.summary ?? null,
      importName: [...metadata.field("import-name")],
    };
  } catch (error) {
    assert.ok(error instanceof PosyError && error.code === "invalid-metadata", String(error));
    return undefined;
  }
}

/** Files that Posy reads and `packaging` refuses, since real ones are on the index, and pip and uv read them. */
const laxer: { reason: string; applies: (text: string) => boolean }[] = [
  {
    reason: "requirements and `Requires-Python` are repaired",
    applies: (text) => repairable.some((line) => text.includes(line)),
  },
  {
    reason: "of a field that is there twice the first counts",
    applies: (text) => /^(Requires-Python|Summary|Keywords): [^]*^\1: /m.test(text),
  },
];

describe("metadata compared with `packaging`", async () => {
  const answers = await askPython<(Answer | null)[]>(script, texts);

  test("reads every file the same, except those in the table", () => {
    let taken = 0;
    for (const [index, text] of texts.entries()) {
      const ours = read(text);
      const theirs = answers[index];
      if (laxer.some(({ applies }) => applies(text))) continue;
      if (!theirs) assert.equal(ours, undefined, `taken: ${text}`);
      else assert.deepEqual(ours, theirs, text);
      taken += Number(ours !== undefined);
    }
    assert.ok(taken > 500, `${taken}`);
  });

  test("reads what it can repair, and refuses the rest", () => {
    const minimal = "Metadata-Version: 2.1\nName: a\nVersion: 1\n";
    for (const line of repairable) assert.ok(read(`${minimal}${line}\n`), line);
    for (const line of hopeless) assert.equal(read(`${minimal}${line}\n`), undefined, line);
  });
});
