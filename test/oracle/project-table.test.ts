import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { PosyError } from "../../src/errors/posy-error.ts";
import { formatMarker } from "../../src/vocab/requirement/marker.ts";
import { parseProjectTable } from "../../src/vocab/metadata/project-table.ts";
import type { Requirement } from "../../src/vocab/requirement/requirement.ts";
import { askPython } from "../support/oracle.ts";

const script = `
import json, os, pathlib, sys, tempfile, warnings
warnings.simplefilter("ignore")
from packaging.utils import canonicalize_name
from pyproject_metadata import ConfigurationError, License, StandardMetadata
folder = tempfile.TemporaryDirectory(); os.chdir(folder.name)
for name in ("README.md", "README.rst", "README.txt", "LICENSE"): pathlib.Path(name).write_text("text")
def requirement(r):
    return [canonicalize_name(r.name), sorted(map(canonicalize_name, r.extras)), r.url, r.marker is not None]
def readme(r): return r and [r.content_type, r.file.name if r.file else None]
def license(l):
    if l is None: return None
    return ["expression", l] if isinstance(l, str) else ["file", l.file.name] if l.file else ["text", l.text]
def read(table):
    try: m = StandardMetadata.from_pyproject({"project": table})
    except (ConfigurationError, ExceptionGroup, AttributeError): return None
    return {
        "name": canonicalize_name(m.name), "version": m.version and str(m.version), "description": m.description,
        "requiresPython": None if m.requires_python is None else len(m.requires_python),
        "dependencies": [requirement(r) for r in m.dependencies],
        "extras": {canonicalize_name(k): [requirement(r) for r in v] for k, v in m.optional_dependencies.items()},
        "dynamic": sorted(m.dynamic), "readme": readme(m.readme), "license": license(m.license),
        "authors": m.authors, "maintainers": m.maintainers, "keywords": m.keywords, "classifiers": m.classifiers,
        "urls": m.urls, "scripts": sorted(m.scripts), "gui": sorted(m.gui_scripts), "entryPoints": m.entrypoints,
        "importNames": m.import_names, "importNamespaces": m.import_namespaces,
    }
print(json.dumps([read(table) for table in json.load(sys.stdin)]))
os.chdir("/"); folder.cleanup()
`;

/** Values of each key, good ones first; one bad value is enough to have a table refused. */
const values: Readonly<
  Record<string, { readonly good: readonly unknown[]; readonly bad: readonly unknown[] }>
> = {
  name: { good: ["a", "Foo.Bar_baz"], bad: ["-a", "a b", 1, undefined] },
  version: { good: ["1.0", "2.0rc1", "1!2+x.1"], bad: ["", "one", 1.0, [], undefined] },
  description: { good: ["one line", "", "two\nlines"], bad: [1, []] },
  readme: {
    good: [
      "README.md",
      "README.rst",
      { file: "README.txt", "content-type": "text/plain" },
      { text: "hello", "content-type": "text/markdown; variant=GFM" },
    ],
    bad: [
      "README",
      "README.doc",
      1,
      {},
      { file: "README.md" },
      { text: "x" },
      { file: "README.md", text: "x", "content-type": "text/plain" },
      { file: "README.md", "content-type": "text/plain", charset: "x" },
      { "content-type": "text/plain" },
      { text: 1, "content-type": "text/plain" },
    ],
  },
  "requires-python": { good: [">=3.8", "~=3.9,!=3.10.*", ""], bad: ["3.8", ">=x", 3.8] },
  license: {
    good: [
      "MIT",
      "mit or (apache-2.0 AND BSD-3-Clause)",
      "LicenseRef-Ours",
      "GPL-2.0-or-later WITH Classpath-exception-2.0",
      { text: "all mine" },
      { file: "LICENSE" },
    ],
    bad: [1, {}, { text: "a", file: "LICENSE" }, { text: 1 }, { name: "MIT" }, { text: "a", more: "b" }],
  },
  "license-files": {
    good: [["LICENSE"], ["LIC*"], []],
    bad: ["LICENSE", [1], ["../LICENSE"], ["/LICENSE"], ["a\\..\\LICENSE"], ["C:\\LICENSE"]],
  },
  authors: {
    good: [[], [{ name: "A B", email: "a@b.example" }], [{ name: "A" }, { email: "x@y.example" }]],
    bad: [{}, "A", ["A"], [{}], [{ name: 1 }], [{ name: "A", url: "x" }]],
  },
  maintainers: { good: [[{ name: "M" }]], bad: [[{ mail: "x" }]] },
  keywords: { good: [["a", "b"], []], bad: ["a", [1], {}] },
  classifiers: {
    good: [["Private :: Do Not Upload"], ["License :: OSI Approved :: MIT License"], []],
    bad: ["x", [1]],
  },
  urls: {
    good: [{ Home: "https://a.example" }, {}],
    bad: [[], { Home: 1 }, { ["x".repeat(33)]: "https://a.example" }],
  },
  scripts: { good: [{ run: "a.b:main" }, {}], bad: [[], { run: 1 }, "x"] },
  "gui-scripts": { good: [{ run: "a:b.c" }], bad: [{ run: ["a:b"] }] },
  "entry-points": {
    good: [{ "a.b": { x: "m", y: "m:f [e]" } }, { pytest11: {} }, {}],
    bad: [[], { a: "x" }, { a: { b: 1 } }, { "a-b": { x: "m" } }, { "": {} }],
  },
  dependencies: {
    good: [[], ["a", "b[C,d]>=1; python_version < '3.9'"], ["c @ https://a.example/c.zip"]],
    bad: ["a", {}, [1], ["two words"], ["a>=x"], ["a; nothing == 1"]],
  },
  "optional-dependencies": {
    good: [{}, { x: ["a"], Y_z: [] }],
    bad: [[], { x: "a" }, { x: [1] }, { x: ["two words"] }],
  },
  "import-names": {
    good: [[], ["a"], ["a", "a.b"], ["_x ; private"], ["naïve"]],
    bad: ["a", [1], ["a;public"], ["a-b"], ["1a"], [""], ["a.class"], ["p.q"], ["ns"]],
  },
  "import-namespaces": { good: [["ns"], ["ns", "ns.sub"]], bad: [[1], ["ns.sub"], ["if"]] },
  dynamic: {
    good: [[], ["description"], ["dependencies"], ["classifiers", "scripts"], ["license-files"]],
    bad: [
      "version",
      [1],
      ["name"],
      ["nothing"],
      ["requires-python", "version", "license", "readme", "description"],
    ],
  },
};
const keys = Object.keys(values).filter((key) => key !== "name" && key !== "version");
const valueOf = (key: string, bad: boolean) =>
  fc.constantFrom(...(values[key]?.[bad ? "bad" : "good"] ?? []));
const tables = fc.sample(
  fc
    .record({
      chosen: fc.subarray(keys, { maxLength: 6 }),
      corrupted: fc.constantFrom("", "", "", ...Object.keys(values)),
    })
    .chain(({ chosen, corrupted }) =>
      fc.record(
        Object.fromEntries(
          [...new Set(["name", "version", ...chosen, ...(corrupted ? [corrupted] : [])])].map((key) => [
            key,
            valueOf(key, key === corrupted),
          ]),
        ),
      ),
    )
    .map((table) => Object.fromEntries(Object.entries(table).filter(([, value]) => value !== undefined))),
  { numRuns: 5000, seed: 3 },
);

/** Where Posy differs on purpose. */
const stricter: {
  readonly reason: string;
  readonly applies: (table: Readonly<Record<string, unknown>>) => boolean;
}[] = [
  {
    reason: "a text file is plain text, as build backends have it",
    applies: ({ readme }) => readme === "README.txt",
  },
];

function read(table: unknown): unknown {
  const requirement = ({ name, extras, url, marker }: Requirement) => [
    name,
    [...extras],
    url ?? null,
    marker !== undefined && formatMarker(marker) !== "",
  ];
  const names = (list: readonly { name: string; isPrivate: boolean }[] | undefined) =>
    list?.map(({ name, isPrivate }) => name + (isPrivate ? " ; private" : "")) ?? null;
  const people = (list: readonly { name?: string; email?: string }[]) =>
    list.map(({ name, email }) => [name ?? "Unknown", email ?? null]);
  try {
    const project = parseProjectTable(table);
    const { readme, license } = project;
    return {
      name: project.name,
      version: project.version?.text ?? null,
      description: project.description ?? null,
      requiresPython: project.requiresPython?.specifiers.length ?? null,
      dependencies: project.dependencies.map(requirement),
      extras: Object.fromEntries(
        [...project.optionalDependencies].map(([extra, list]) => [extra, list.map(requirement)]),
      ),
      dynamic: [...project.dynamic].sort(),
      readme: readme ? [readme.contentType, readme.kind === "file" ? readme.path : null] : null,
      license: license
        ? [
            license.kind,
            license.kind === "file"
              ? license.path
              : license.kind === "text"
                ? license.text
                : license.expression,
          ]
        : null,
      authors: people(project.authors),
      maintainers: people(project.maintainers),
      keywords: project.keywords,
      classifiers: project.classifiers,
      urls: Object.fromEntries(project.urls),
      scripts: project.scripts.map(({ name }) => name).sort(),
      gui: project.guiScripts.map(({ name }) => name).sort(),
      entryPoints: Object.fromEntries(
        [...project.entryPoints].map(([group, each]) => [group, Object.fromEntries(each)]),
      ),
      importNames: names(project.importNames),
      importNamespaces: names(project.importNamespaces),
    };
  } catch (error) {
    assert.ok(error instanceof PosyError && error.code === "invalid-project", String(error));
    assert.match(error.message, /^`project(\.|`)/);
    return null;
  }
}

describe("`[project]` compared with `pyproject-metadata`", async () => {
  const answers = await askPython<unknown[]>(script, tables);

  test("reads every table the same", () => {
    let taken = 0;
    const differences: string[] = [];
    for (const [index, table] of tables.entries()) {
      const ours = read(table);
      taken += Number(ours !== null);
      if (stricter.some(({ applies }) => applies(table))) continue;
      if (!isDeepStrictEqual(ours, answers[index])) {
        differences.push([table, ours, answers[index]].map((each) => JSON.stringify(each)).join("\n  "));
      }
    }
    assert.deepEqual(differences.slice(0, 20), []);
    assert.ok(taken > 600 && taken < tables.length - 600, `${taken}`);
  });
});
