import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { canonicalUrl } from "../../src/vocab/canonical-url.ts";
import fc from "fast-check";
import { PosyError } from "../../src/errors/posy-error.ts";
import {
  formatRequirement,
  parseRequirement,
  type Requirement,
} from "../../src/vocab/requirement/requirement.ts";
import { formatSpecifierSet, parseSpecifierSet } from "../../src/vocab/version/specifier.ts";
import { askPython } from "../support/oracle.ts";
import { neighbouringVersionTexts, publicVersionTexts, corrupted } from "../support/version-texts.ts";

const script = `
import json, sys
from packaging.requirements import Requirement, InvalidRequirement
from packaging.utils import canonicalize_name
def read(text):
    try: r = Requirement(text)
    except InvalidRequirement: return None
    return {
        "name": canonicalize_name(r.name),
        "extras": sorted({canonicalize_name(e) for e in r.extras}),
        "specifier": str(r.specifier),
        "url": r.url,
        "marker": r.marker is not None,
    }
asked = json.load(sys.stdin)
def equal(a, b):
    if read(a) is None: return False
    a, b = Requirement(a), Requirement(b)
    # Sets of specifiers compare by the order of their texts, that is by how they are written.
    if {*a.specifier} != {*b.specifier}: return False
    a.specifier = b.specifier
    return a == b
same = [equal(a, b) for a, b in asked["same"]]
print(json.dumps({"read": [*map(read, asked["read"])], "same": same}))
`;

interface Answer {
  name: string;
  extras: string[];
  specifier: string;
  url: string | null;
  marker: boolean;
}

const from = (...texts: string[]) => fc.constantFrom(...texts);
const joined = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map((all) => all.join(""));
const space = from("", "", "", " ", "  ", "\t");
const names = from(
  "numpy",
  "Foo.Bar",
  "zope.interface",
  "a",
  "A1",
  "ruamel-yaml",
  "x__y",
  "3to2",
  "typing_extensions",
);
const list = (items: fc.Arbitrary<string>, least: number) =>
  fc.array(joined(space, items, space), { minLength: least, maxLength: 3 }).map((all) => all.join(","));
const extras = fc.oneof(
  { weight: 3, arbitrary: fc.constant("") },
  { weight: 1, arbitrary: list(from("test", "Foo_Bar", "s3.x", "a"), 1).map((all) => `[${all}]`) },
  { weight: 1, arbitrary: from("[]", "[ ]", "[,]", "[a,]", "[a b]") },
);
const clauses = fc.oneof(
  joined(from("<", "<=", ">", ">=", ">="), space, publicVersionTexts),
  joined(from("==", "!=", "==="), space, neighbouringVersionTexts),
  from("~=1.4", "==1.*", "!=2.0.*", "~=1", ">=2.*", "=1", "===foo"),
);
const specifiers = fc.oneof(
  { weight: 1, arbitrary: from("", "()", "( )") },
  { weight: 3, arbitrary: list(clauses, 1) },
  { weight: 1, arbitrary: list(clauses, 1).map((all) => `(${all})`) },
);
const urls = joined(
  from("@", " @ ", " @"),
  from(
    "https://example.example/a-1.0-py3-none-any.whl",
    "git+ssh://git@host.example/a.git@v1#egg=a",
    "file:///a",
    "./a",
    "https://host.example/a;b",
  ),
);
const markers = from(
  "",
  "",
  "python_version < '3.8'",
  "extra == 'test'",
  " python_version>='3' and (os_name == 'nt' or sys.platform == 'x') ",
  "python_version",
  "'3' in python_version",
);
const requirements = fc
  .tuple(
    joined(space, names),
    joined(space, extras, space),
    fc.oneof({ weight: 4, arbitrary: specifiers }, { weight: 1, arbitrary: urls }),
    space,
    markers,
  )
  .map(
    ([name, bracket, versions, gap, marker]) => `${name}${bracket}${versions}${gap}${marker && `;${marker}`}`,
  );
const texts = [
  ...new Set([
    ...fc.sample(requirements, { numRuns: 6000, seed: 508 }),
    ...fc.sample(corrupted(requirements, "[]()<>=!~,;@.-_+'\" x1é"), { numRuns: 8000, seed: 508 }),
  ]),
];

/** Texts that `packaging` reads and Posy refuses, and why. */
const stricter: { reason: string; applies: RegExp }[] = [
  {
    reason: "PEP 508: names of packages and extras end with a letter or digit",
    applies: /^[\w.\s-]*_\s*(?:$|[[(<>=!~;@])|[[,][^\]]*_\s*[\],]/,
  },
  { reason: "`===` with nothing after it matches nothing: an accident", applies: /===\s*(?:[,;)]|$)/ },
];

/** Texts that Posy reads and `packaging` refuses. */
const laxer: { reason: string; applies: RegExp }[] = [
  { reason: "empty clauses are skipped, as both do in a specifier set", applies: /[<>=~!].*,\s*,/ },
  {
    reason: "`===` takes the comma after it for its own there, though not in a specifier set",
    applies: /===[^;]*,/,
  },
];

const quoted = `(?:'[^']*'|"[^"]*")`;
const twoTexts = new RegExp(`;.*${quoted}\\s*(?:[<>=~!]+|in|not\\s+in)\\s*${quoted}`);

function read(text: string): Requirement | undefined {
  try {
    return parseRequirement(text);
  } catch (error) {
    assert.ok(error instanceof PosyError && error.code === "invalid-requirement", String(error));
    assert.ok(
      error.span && error.span.start <= error.span.end && error.span.end <= error.span.text.length,
      text,
    );
    return undefined;
  }
}

const answerOf = ({ name, extras, specifier, url, marker }: Requirement): Answer => ({
  name,
  extras: [...extras],
  specifier: formatSpecifierSet(specifier),
  url: url ?? null,
  marker: marker !== undefined,
});
/** Writes versions as Posy does. specifiers.test.ts checks that the texts mean the same. */
const normalized = (answer: Answer): Answer => ({
  ...answer,
  specifier: formatSpecifierSet(parseSpecifierSet(answer.specifier)),
  // Posy writes URLs of one meaning in one way (canonical-url.test.ts).
  url: answer.url === null ? null : (canonicalUrl(answer.url) ?? answer.url),
});
const hasOtherSpelling = ({ url }: Requirement, answer: Answer | null | undefined) =>
  url !== undefined && answer?.url !== url;

describe("requirements compared with `packaging`", async () => {
  const read1 = texts.map(read);
  const same = texts.flatMap((text, index): [string, string][] => {
    const ours = read1[index];
    return ours ? [[text, formatRequirement(ours)]] : [];
  });
  const indexes = texts.flatMap((_, index) => (read1[index] ? [index] : []));
  const answers = await askPython<{ read: (Answer | null)[]; same: boolean[] }>(script, {
    read: texts,
    same,
  });

  test("accepts the same requirements with the same parts, except those in the table", () => {
    let taken = 0;
    for (const [index, text] of texts.entries()) {
      const ours = read1[index];
      const theirs = answers.read[index];
      if (ours && theirs) assert.deepEqual(answerOf(ours), normalized(theirs), text);
      else if (theirs)
        assert.ok(stricter.some((row) => row.applies.test(text)) || twoTexts.test(text), `refused: ${text}`);
      else assert.ok(!ours || laxer.some((row) => row.applies.test(text)), `taken: ${text}`);
      taken += Number(ours !== undefined);
    }
    assert.ok(taken > 3000 && taken < texts.length - 3000, `${taken} of ${texts.length}`);
  });

  test("parses the normalised text as the same requirement", () => {
    for (const [index, [text, written]] of same.entries()) {
      const position = indexes[index] ?? 0;
      const isSame =
        answers.same[index] || hasOtherSpelling(read1[position] as Requirement, answers.read[position]);
      assert.ok(isSame || laxer.some((row) => row.applies.test(text)), `${text} → ${written}`);
      assert.equal(formatRequirement(parseRequirement(written)), written);
    }
  });

  test("reads leniently everything that it reads strictly, with the same result", () => {
    for (const [index, text] of texts.entries()) {
      const strict = read1[index];
      if (strict) assert.deepEqual(parseRequirement(text, { lenient: true }), strict, text);
    }
  });
});
