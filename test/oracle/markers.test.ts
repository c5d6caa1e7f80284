import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { PosyError } from "../../src/errors/posy-error.ts";
import { evaluateMarker, formatMarker, type Marker } from "../../src/vocab/requirement/marker.ts";
import type { MarkerEnvironment } from "../../src/vocab/requirement/marker-environment.ts";
import { parseMarker } from "../../src/vocab/requirement/parse-marker.ts";
import { askPython } from "../support/oracle.ts";
import { corrupted } from "../support/version-texts.ts";

const script = `
import json, sys
from packaging.markers import Marker, InvalidMarker, UndefinedComparison, UndefinedEnvironmentName
asked = json.load(sys.stdin)
worlds = [
    {**e["environment"], "extra": (e["extras"] or [""])[0], "extras": set(e["extras"]), "dependency_groups": set(e["groups"])}
    for e in asked["worlds"]
]
def holds(marker, world):
    try: return "01"[marker.evaluate(world)]
    except (UndefinedComparison, UndefinedEnvironmentName): return "?"
def row(text):
    try: marker = Marker(text)
    except InvalidMarker: return None
    return [str(marker), "".join(holds(marker, world) for world in worlds)]
print(json.dumps([row(text) for text in asked["markers"]]))
`;

interface World {
  environment: MarkerEnvironment;
  extras: string[];
  groups: string[];
}

const linux: MarkerEnvironment = {
  implementation_name: "cpython",
  implementation_version: "3.13.5",
  os_name: "posix",
  platform_machine: "x86_64",
  platform_python_implementation: "CPython",
  platform_release: "5.10.0-28-amd64",
  platform_system: "Linux",
  platform_version: "#1 SMP Debian 5.10.209-2",
  python_full_version: "3.13.5",
  python_version: "3.13",
  sys_platform: "linux",
};
const environments: MarkerEnvironment[] = [
  linux,
  { ...linux, python_version: "3.9", python_full_version: "3.9.6", implementation_version: "3.9.6" },
  { ...linux, python_full_version: "3.14.0+", implementation_version: "3.14.0", python_version: "3.14" },
  { ...linux, python_full_version: "3.14.0rc1", implementation_version: "3.14.0rc1", python_version: "3.14" },
  { ...linux, python_version: "2.7", python_full_version: "2.7.18", sys_platform: "linux2" },
  { ...linux, platform_release: "", platform_version: "", platform_machine: "aarch64" },
  {
    implementation_name: "pypy",
    implementation_version: "7.3.13",
    os_name: "nt",
    platform_machine: "AMD64",
    platform_python_implementation: "PyPy",
    platform_release: "10",
    platform_system: "Windows",
    platform_version: "10.0.19045",
    python_full_version: "3.10.13",
    python_version: "3.10",
    sys_platform: "win32",
  },
  {
    ...linux,
    platform_machine: "arm64",
    platform_release: "23.4.0",
    platform_system: "Darwin",
    sys_platform: "darwin",
  },
];
const selections = [
  { extras: [], groups: [] },
  { extras: ["test"], groups: [] },
  { extras: ["foo-bar"], groups: ["dev", "foo-bar"] },
];
const worlds: World[] = environments.flatMap((environment) =>
  selections.map((selection) => ({ environment, ...selection })),
);

const from = (...texts: string[]) => fc.constantFrom(...texts);
const quoted = (texts: fc.Arbitrary<string>) =>
  fc.oneof(
    texts.map((text) => `'${text}'`),
    texts.map((text) => `"${text}"`),
  );
const space = from("", " ", " ", " ", "  ", "\t");
const versions = quoted(
  from(
    ..."2.7 3 3.9 3.09 3.10 3.10.13 3.13 3.13.0 3.13.5 3.14 3.14.0 3.14.0rc1 3.14.0+local 3.14.0+ 3.13.* 3.* 5 5.10 10 23.4.0 7.3.13 x =3.9".split(
      " ",
    ),
    "",
    " 3.13 ",
    "3.9,<3.13",
    "3.9 3.10",
    "2.7, 3.13",
    "5.10.0-28-amd64",
  ),
);
const words = quoted(
  from(
    ..."posix nt linux linux2 win32 darwin Linux Windows x86_64 AMD64 arm64 CPython PyPy pypy cpython win lin".split(
      " ",
    ),
    "",
    "linux darwin",
  ),
);
const groupNames = quoted(
  from("test", "Test", "foo_bar", "Foo.Bar", "foo-bar", "dev", "other", "", "test other"),
);
const versionVariables = from(
  "python_version",
  "python_version",
  "python_full_version",
  "implementation_version",
  "platform_release",
);
const wordVariables = from(
  ..."os_name sys_platform platform_machine platform_python_implementation platform_system platform_version implementation_name os.name sys.platform platform.machine platform.version platform.python_implementation python_implementation".split(
    " ",
  ),
);
const operators = from("==", "!=", "<", "<=", ">", ">=", "<", ">=", "~=", "===");
const memberships = from(" in ", " not in ", " not\t in ");
const both = (left: fc.Arbitrary<string>, operator: fc.Arbitrary<string>, right: fc.Arbitrary<string>) =>
  fc
    .tuple(left, space, operator, space, right, fc.boolean())
    .map(([a, before, middle, after, b, turned]) =>
      (turned ? [b, before, middle, after, a] : [a, before, middle, after, b]).join(""),
    );
const comparisons = fc.oneof(
  { weight: 6, arbitrary: both(versionVariables, operators, versions) },
  { weight: 2, arbitrary: both(versionVariables, memberships, versions) },
  { weight: 3, arbitrary: both(wordVariables, fc.oneof(operators, memberships), words) },
  { weight: 1, arbitrary: both(versionVariables, operators, words) },
  {
    weight: 3,
    arbitrary: both(from("extra"), fc.oneof(from("==", "!="), operators, memberships), groupNames),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(groupNames, memberships, from("extras", "dependency_groups"))
      .map((all) => all.join("")),
  },
);
const { markers } = fc.letrec<{ markers: string; group: string }>((tie) => ({
  group: fc.oneof(
    { weight: 4, arbitrary: comparisons },
    {
      weight: 1,
      arbitrary: fc.tuple(space, tie("markers"), space).map(([a, inner, b]) => `(${a}${inner}${b})`),
    },
  ),
  markers: fc
    .array(tie("group"), { minLength: 1, maxLength: 4, depthIdentifier: "marker", size: "small" })
    .chain((all) =>
      fc
        .array(from(" and ", " or ", " and", "\tor "), { minLength: all.length, maxLength: all.length })
        .map((joints) =>
          all
            .map((each, index) =>
              index === 0 ? each : joints[index] + (joints[index]?.endsWith(" ") ? "" : " ") + each,
            )
            .join(""),
        ),
    ),
}));

const texts = [
  ...new Set([
    ...fc.sample(comparisons, { numRuns: 4000, seed: 508 }),
    ...fc.sample(markers, { numRuns: 2000, seed: 508 }),
    ...fc.sample(corrupted(fc.oneof(comparisons, markers), "()'\"<>=!~ .xo;,&"), {
      numRuns: 3000,
      seed: 508,
    }),
    ...fc.sample(both(versions, operators, versions), { numRuns: 100, seed: 508 }),
    ...fc.sample(both(versionVariables, operators, wordVariables), { numRuns: 100, seed: 508 }),
    ...fc.sample(both(from("extras", "dependency_groups"), operators, groupNames), {
      numRuns: 100,
      seed: 508,
    }),
  ]),
];

const text = `(?:'[^']*'|"[^"]*")`;
/** Posy refuses these, although `packaging` reads them, since evaluating them there fails or is meaningless. */
const stricter: { reason: string; applies: RegExp }[] = [
  {
    reason: "two texts are compared: there, evaluating takes the right one for the name of a variable",
    applies: new RegExp(`${text}\\s*(?:[<>=~!]+|in|not\\s+in)\\s*${text}`),
  },
  {
    reason: "`extras` and `dependency_groups` are sets: nothing but `'name' in …` means anything",
    applies:
      /\b(?:extras|dependency_groups)\s*(?:[<>=~!]|in\b|not\b)|[<>=~!]\s*(?:extras|dependency_groups)|\w\s+in\s+(?:extras|dependency_groups)/,
  },
];
/** Both read these, but evaluate them differently. */
const otherwise: { reason: string; applies: RegExp }[] = [
  {
    reason:
      "`===` with nothing after it is no specifier (see specifiers.test.ts), so of versions it never holds",
    applies: /===\s*(?:''|"")|(?:''|"")\s*===/,
  },
  {
    reason: "two variables: `packaging` takes the right one's name for its value, Posy its value",
    applies: /[a-z_.]\s*(?:[<>=~!]+|\s(?:not\s+)?in\s)\s*(?!in\b|not\b|extras\b|dependency_groups\b)[a-z_]/,
  },
];

const applies = (table: { applies: RegExp }[], marker: string) =>
  table.some((row) => row.applies.test(marker));

function read(marker: string): Marker | undefined {
  try {
    return parseMarker(marker);
  } catch (error) {
    assert.ok(error instanceof PosyError && error.code === "invalid-marker", String(error));
    assert.ok(error.span && error.span.start <= error.span.end && error.span.end <= error.span.text.length);
    return undefined;
  }
}

function evaluate(marker: Marker): string {
  return worlds
    .map(({ environment, extras, groups }) =>
      Number(evaluateMarker(marker, environment, new Set(extras), new Set(groups))),
    )
    .join("");
}

describe("markers compared with `packaging`", async () => {
  type Row = [text: string, holds: string] | null;
  const answers = await askPython<Row[]>(script, { markers: texts, worlds });
  const rows = texts.map((marker, index) => ({
    marker,
    ours: read(marker),
    theirs: answers[index] ?? undefined,
  }));

  test("accepts the same markers, except those in the table", () => {
    let taken = 0;
    for (const { marker, ours, theirs } of rows) {
      taken += Number(ours !== undefined);
      if ((ours === undefined) === (theirs === undefined)) continue;
      assert.ok(theirs && applies(stricter, marker), `${theirs ? "refused" : "taken"}: ${marker}`);
    }
    assert.ok(taken > 4000 && taken < rows.length - 1000, `${taken} of ${rows.length}`);
  });

  test("evaluates them the same; if `packaging` fails, they hold in no environment", () => {
    let compared = 0;
    for (const { marker, ours, theirs } of rows) {
      if (!ours || !theirs || applies(otherwise, marker)) continue;
      if (theirs[1].includes("?") && ours.kind !== "compare") continue;
      assert.equal(evaluate(ours), theirs[1].replaceAll("?", "0"), marker);
      compared++;
    }
    assert.ok(compared > 3500, `${compared}`);
  });

  test("writes markers that `packaging` reads the same, and the other way round", async () => {
    const both = rows.flatMap(({ marker, ours, theirs }) =>
      ours && theirs && !applies(otherwise, marker) ? [{ ours, theirs }] : [],
    );
    const written = both.map(({ ours }) => formatMarker(ours));
    const again = await askPython<Row[]>(script, { markers: written, worlds });
    for (const [index, { ours, theirs }] of both.entries()) {
      const text = written[index] ?? "";
      assert.equal(again[index]?.[1], theirs[1], text);
      assert.equal(formatMarker(parseMarker(text)), text);
      assert.equal(evaluate(parseMarker(theirs[0])), evaluate(ours), theirs[0]);
    }
  });
});
