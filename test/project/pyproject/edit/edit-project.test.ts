import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parse } from "smol-toml";
import { PosyError } from "../../../../src/errors/posy-error.ts";
import { addRequirement } from "../../../../src/project/pyproject/edit/add-requirement.ts";
import { removeRequirement } from "../../../../src/project/pyproject/edit/remove-requirement.ts";
import { replaceRequirement } from "../../../../src/project/pyproject/edit/replace-requirement.ts";
import type { RequirementList } from "../../../../src/project/pyproject/edit/requirement-lists.ts";
import { parsePackageName } from "../../../../src/vocab/requirement/name.ts";

const path = "/p/pyproject.toml";
const main = { kind: "dependencies" } as RequirementList;
const dev: RequirementList = { kind: "group", name: "dev" };
const docs: RequirementList = { kind: "extra", name: "Docs_Site" };

const add = async (text: string, requirement: string, list = main) =>
  (await addRequirement(text, path, list, requirement)).text;
const remove = async (text: string, name: string, list = main) =>
  (await removeRequirement(text, path, list, parsePackageName(name))).text;

const head = '[project]\nname = "x" # mine\nversion = "1"\n';

/** The text before, the requirement, and the exact text after. */
const added: Record<string, readonly [before: string, requirement: string, after: string, RequirementList?]> =
  {
    "into a list of lines in alphabetical order": [
      `${head}dependencies = [\n  "attrs", # why\n  "rich>=13",\n]\n`,
      "httpx>=0.27",
      `${head}dependencies = [\n  "attrs", # why\n  "httpx>=0.27",\n  "rich>=13",\n]\n`,
    ],
    "at the end of a list that is not sorted": [
      `${head}dependencies = [\n\t"rich",\n\t"attrs" # last\n]\n`,
      "httpx",
      `${head}dependencies = [\n\t"rich",\n\t"attrs", # last\n\t"httpx"\n]\n`,
    ],
    "before the first item, and keeps the comment above that": [
      `${head}dependencies = [\n    # for the screen\n    "rich",\n]\n`,
      "attrs",
      `${head}dependencies = [\n    "attrs",\n    # for the screen\n    "rich",\n]\n`,
    ],
    "into a list on one line": [
      `${head}dependencies = ["attrs", "rich"]\n`,
      "httpx",
      `${head}dependencies = ["attrs", "httpx", "rich"]\n`,
    ],
    "with the quotation marks of the list": [
      `${head}dependencies = [ 'attrs' ]\n`,
      "rich",
      `${head}dependencies = [ 'attrs', 'rich' ]\n`,
    ],
    "after a trailing comma": [
      `${head}dependencies = ["attrs",]\n`,
      "rich",
      `${head}dependencies = ["attrs", "rich",]\n`,
    ],
    "that contains double quotation marks": [
      `${head}dependencies = ["attrs"]\n`,
      'tomli; python_version < "3.11"',
      `${head}dependencies = ["attrs", 'tomli; python_version < "3.11"']\n`,
    ],
    "into a list with leading commas": [
      `${head}dependencies = [\n    "attrs"\n  , "rich"\n]\n`,
      "httpx",
      `${head}dependencies = [\n    "attrs",\n    "httpx"\n  , "rich"\n]\n`,
    ],
    "into an empty list": [`${head}dependencies = []\n`, "rich", `${head}dependencies = [\n    "rich",\n]\n`],
    "into a list with only a comment": [
      `${head}dependencies = [\n  # nothing\n]\n`,
      "rich",
      `${head}dependencies = [\n  # nothing\n  "rich",\n]\n`,
    ],
    "into a new list": [
      `${head}# on top\n\n[tool.x]\na = 1\n`,
      "rich",
      `${head}dependencies = [\n    "rich",\n]\n# on top\n\n[tool.x]\na = 1\n`,
    ],
    "into a file without a final line break": [
      `[project]\nname = "x"\nversion = "1"`,
      "rich",
      `[project]\nname = "x"\nversion = "1"\ndependencies = [\n    "rich",\n]`,
    ],
    "into a file with CRLF": [
      `${head}dependencies = [\n  "attrs",\n]\n`.replaceAll("\n", "\r\n"),
      "rich",
      `${head}dependencies = [\n  "attrs",\n  "rich",\n]\n`.replaceAll("\n", "\r\n"),
    ],
    "into a file with a byte-order mark": [
      `\uFEFF${head}dependencies = ["a"]\n`,
      "b",
      `\uFEFF${head}dependencies = ["a", "b"]\n`,
    ],
    "in place of another version of the same package": [
      `${head}dependencies = ["Rich >= 12", "attrs"]\n`,
      "rich>=13",
      `${head}dependencies = ["rich>=13", "attrs"]\n`,
    ],
    "next to a requirement with another marker": [
      `${head}dependencies = ["rich<13; python_version < '3.9'"]\n`,
      "rich>=13",
      `${head}dependencies = ["rich<13; python_version < '3.9'", "rich>=13"]\n`,
    ],
    "into a new group": [
      `${head}\n[tool.x]\na = 1\n`,
      "pytest",
      `${head}\n[tool.x]\na = 1\n\n[dependency-groups]\ndev = [\n    "pytest",\n]\n`,
      dev,
    ],
    "into a group after the groups that it includes": [
      `[dependency-groups]\ndev = [{ include-group = "lint" }]\nlint = []\n`,
      "pytest",
      `[dependency-groups]\ndev = [{ include-group = "lint" }, "pytest"]\nlint = []\n`,
      dev,
    ],
    "into an extra whose name is spelled differently": [
      `${head}[project.optional-dependencies]\n"docs.site" = ["mkdocs"]\n`,
      "zensical",
      `${head}[project.optional-dependencies]\n"docs.site" = ["mkdocs", "zensical"]\n`,
      docs,
    ],
    "into a new extra": [
      `${head}\n[project.urls]\na = "b"\n\n[tool.x]\n`,
      "mkdocs",
      `${head}\n[project.urls]\na = "b"\n\n[project.optional-dependencies]\nDocs_Site = [\n    "mkdocs",\n]\n\n[tool.x]\n`,
      docs,
    ],
    "into a new list of an indented table": [
      `[project]\n  name = "x"\n  version = "1"\n`,
      "rich",
      `[project]\n  name = "x"\n  version = "1"\n  dependencies = [\n      "rich",\n  ]\n`,
    ],
    "into an empty list of an indented table": [
      `[project]\n  name = "x"\n  dependencies = []\n`,
      "rich",
      `[project]\n  name = "x"\n  dependencies = [\n      "rich",\n  ]\n`,
    ],
    "into a new list with the indentation of another list": [
      `[project]\n\tname = "x"\n\tclassifiers = [\n\t\t"a",\n\t]\n`,
      "rich",
      `[project]\n\tname = "x"\n\tclassifiers = [\n\t\t"a",\n\t]\n\tdependencies = [\n\t\t"rich",\n\t]\n`,
    ],
    "into a new group of an indented table": [
      `${head}\n[dependency-groups]\n  lint = []\n`,
      "pytest",
      `${head}\n[dependency-groups]\n  lint = []\n  dev = [\n      "pytest",\n  ]\n`,
      dev,
    ],
    "into a new table next to an indented one": [
      `[project]\n  name = "x"\n\n  [project.urls]\n    a = "b"\n`,
      "mkdocs",
      `[project]\n  name = "x"\n\n  [project.urls]\n    a = "b"\n\n  [project.optional-dependencies]\n    Docs_Site = [\n        "mkdocs",\n    ]\n`,
      docs,
    ],
    "into a table with indented dotted keys": [
      `  project.name = "x"\n`,
      "rich",
      `  project.name = "x"\n  project.dependencies = [\n      "rich",\n  ]\n`,
    ],
    "into an inline table": [
      `project = { name = "x", version = "1" }\n`,
      "rich",
      `project = { name = "x", version = "1", dependencies = ["rich"] }\n`,
    ],
    "into a table with dotted keys": [
      `project.name = "x"\nproject.version = "1"\n[tool.x]\n`,
      "rich",
      `project.name = "x"\nproject.version = "1"\nproject.dependencies = [\n    "rich",\n]\n[tool.x]\n`,
    ],
    "into a new extra next to one with dotted keys": [
      `${head}optional-dependencies.a = []\n`,
      "rich",
      `${head}optional-dependencies.a = []\noptional-dependencies.Docs_Site = [\n    "rich",\n]\n`,
      docs,
    ],
  };
for (const [title, [before, requirement, after, list]] of Object.entries(added)) {
  test(`addRequirement writes a requirement ${title}`, async () => {
    assert.equal(await add(before, requirement, list), after);
  });
}

test("addRequirement writes bounds only for a new requirement without versions", async () => {
  const before = `${head}dependencies = ["attrs", "Rich[a] >=12,<13 ; os_name == 'nt'"]\n`;
  const cases: readonly [requirement: string, after: string][] = [
    ["httpx[http2]; os_name == 'nt'", "httpx[http2]>=9; os_name == 'nt'"],
    ["httpx<8", "httpx<8"],
    ["httpx @ https://h/httpx-1.zip", "httpx @ https://h/httpx-1.zip"],
  ];
  for (const [requirement, after] of cases) {
    const { text } = await addRequirement(before, path, main, requirement, { bounds: ">=9" });
    assert.ok(text.includes(`"attrs", "${after}", "Rich`), text);
  }
  const { text: same } = await addRequirement(before, path, main, "attrs", { bounds: ">=9" });
  assert.equal(same, before);
});

test("addRequirement keeps old versions and extras, and adds new ones", async () => {
  const before = `${head}dependencies = ["Rich[a] >=12,<13 ; os_name == 'nt'"]\n`;
  const cases: readonly [requirement: string, after: string][] = [
    ["rich[b]; os_name == 'nt'", "Rich[a,b] >=12,<13 ; os_name == 'nt'"],
    ["rich>=13; os_name=='nt'", "rich[a]>=13; os_name=='nt'"],
    ["rich[a]; os_name=='nt'", "Rich[a] >=12,<13 ; os_name == 'nt'"],
  ];
  for (const [requirement, after] of cases) {
    const { text } = await addRequirement(before, path, main, requirement, { bounds: ">=14" });
    assert.equal(text, `${head}dependencies = ["${after}"]\n`);
  }
});

const removed: Record<string, readonly [before: string, name: string, after: string]> = {
  "with its line and the comment on that line": [
    `${head}dependencies = [\n  # two\n  "attrs", # one\n  "rich",\n]\n`,
    "attrs",
    `${head}dependencies = [\n  # two\n  "rich",\n]\n`,
  ],
  "with the comma before it if the list has no trailing comma": [
    `${head}dependencies = [\n  "attrs", # c\n  "rich"\n]\n`,
    "rich",
    `${head}dependencies = [\n  "attrs" # c\n]\n`,
  ],
  "from the middle of a line": [
    `${head}dependencies = ["a", "b", "c"]\n`,
    "b",
    `${head}dependencies = ["a", "c"]\n`,
  ],
  "from the end of a line": [
    `${head}dependencies = [ "a", "b", ]\n`,
    "b",
    `${head}dependencies = [ "a", ]\n`,
  ],
  "that is the last item": [`${head}dependencies = [\n    "a",\n]\n`, "a", `${head}dependencies = []\n`],
  "that occurs several times": [
    `${head}dependencies = ["a>1; os_name == 'x'", "b", "A<2"]\n`,
    "a",
    `${head}dependencies = ["b"]\n`,
  ],
  "that does not exist without a change": [
    `${head}dependencies = ["a"]\n`,
    "zzz",
    `${head}dependencies = ["a"]\n`,
  ],
};
for (const [title, [before, name, after]] of Object.entries(removed)) {
  test(`removeRequirement removes a requirement ${title}`, async () => {
    assert.equal(await remove(before, name), after);
  });
}

const replaced: Record<string, readonly [before: string, index: number, wanted: string, after: string]> = {
  "and changes no text around it": [
    `${head}dependencies = [\n  # why\n  "Rich >= 12" , # one\n  "attrs",\n]\n`,
    0,
    "Rich >= 13",
    `${head}dependencies = [\n  # why\n  "Rich >= 13" , # one\n  "attrs",\n]\n`,
  ],
  "and keeps its quotation marks": [
    `${head}dependencies = ["a", 'rich<2; os_name == "nt"']\n`,
    1,
    'rich<3; os_name == "nt"',
    `${head}dependencies = ["a", 'rich<3; os_name == "nt"']\n`,
  ],
  "and not the one with another marker": [
    `${head}dependencies = ["a<2; os_name == 'nt'", "a>=2; os_name != 'nt'"]\r\n`,
    1,
    "a>=3; os_name != 'nt'",
    `${head}dependencies = ["a<2; os_name == 'nt'", "a>=3; os_name != 'nt'"]\r\n`,
  ],
};
for (const [title, [before, index, wanted, after]] of Object.entries(replaced)) {
  test(`replaceRequirement replaces a requirement ${title}`, async () => {
    const { text } = await replaceRequirement(before, path, main, index, wanted);
    assert.equal(text, after);
    assert.equal((await replaceRequirement(text, path, main, index, wanted)).text, after);
  });
}

const refused: Record<string, readonly [text: string, RequirementList, RegExp]> = {
  "without `[project]`": ["[tool.x]\na = 1\n", main, /has no `\[project\]`/],
  "that the build backend provides": [
    `${head}dynamic = ["dependencies"]\n`,
    main,
    /line 4, leaves `dependencies` to the build backend/,
  ],
  "that is not an array": [`${head}dependencies = "a"\n`, main, /line 4, must be an array/],
  "that has the package twice": [
    `${head}dependencies = ["rich", "Rich>1"]\n`,
    main,
    /is a second requirement for `rich`/,
  ],
};
for (const [title, [text, list, says]] of Object.entries(refused)) {
  test(`addRequirement rejects a list ${title}`, async () => {
    await assert.rejects(
      add(text, "rich>2", list),
      (error) => error instanceof PosyError && error.code === "invalid-project" && says.test(error.message),
    );
  });
}

const name = fc.constantFrom("a", "B-c", "b.d", "numpy", "zope.interface", "rich");
const version = fc.constantFrom("", ">=1", " == 2.* ", "~=1.4; python_version < '3.12'", "[x,y]>2");
const space = fc.constantFrom("", " ", "\n", "\n  ", "\n# note\n\t", ' # [trap], "not"\n    ');

/** A list in any layout of TOML: any white space and comments between the items. Each name occurs once. */
const list = fc
  .tuple(
    fc.uniqueArray(fc.tuple(name, version, fc.boolean(), space, space, space), {
      maxLength: 5,
      selector: ([each]) => each,
    }),
    space,
    fc.boolean(),
  )
  .map(([items, end, comma]) => {
    const parts = items.map(([each, versions, literal, before, behind, between], at) => {
      const text = each + versions;
      const quoted = literal && !text.includes("'") ? `'${text}'` : JSON.stringify(text);
      const last = at === items.length - 1;
      return `${before}${quoted}${behind}${last && !comma ? "" : ","}${last ? "" : between}`;
    });
    return `[${parts.join("")}${end}]`;
  });
const file = fc
  .tuple(list, fc.constantFrom("", "\n", "\n[tool.x]\nb = '''\n[project]\n'''\n"), fc.boolean())
  .map(([items, rest, crlf]) => {
    const text = `# [project]\n[project]\nname = "x"\ndependencies = ${items}${rest}`;
    return crlf ? text.replaceAll("\n", "\r\n") : text;
  });

const listOf = (text: string) => (parse(text)["project"] as { dependencies: string[] }).dependencies;
const nameOf = (text: string) => /^[\w.-]+/.exec(text)?.[0];

test("addRequirement changes nothing else in any layout, and removeRequirement restores the list", () =>
  fc.assert(
    fc.asyncProperty(file, async (before) => {
      const after = await add(before, "httpx>=0.27");
      const items = listOf(after);
      assert.deepEqual(
        items.filter((item) => item !== "httpx>=0.27"),
        listOf(before),
      );
      assert.equal(items.length, listOf(before).length + 1);
      // The text before the list is unchanged, byte for byte.
      const [head_] = before.split("dependencies = ", 1);
      assert.ok(after.startsWith(head_ ?? ""));
      assert.equal((after.match(/#/g) ?? []).length, (before.match(/#/g) ?? []).length);
      if (before.includes("\r\n")) assert.doesNotMatch(after, /(?<!\r)\n/);
      const back = await remove(after, "httpx");
      assert.deepEqual(listOf(back), listOf(before));
    }),
    { numRuns: 300 },
  ));

test("removeRequirement removes one item in any layout and keeps the others as written", () =>
  fc.assert(
    fc.asyncProperty(file, fc.nat(4), async (before, which) => {
      const items = listOf(before);
      const gone = nameOf(items[which] ?? "");
      fc.pre(gone !== undefined);
      const after = await remove(before, gone);
      assert.deepEqual(
        listOf(after),
        items.filter((_, at) => at !== which),
      );
    }),
    { numRuns: 300 },
  ));

test("adding and removing a requirement restores the bytes of a list in a common layout", () =>
  fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(name, { minLength: 1 }),
      fc.constantFrom(
        (items: string[]) => `[\n${items.map((item) => `  "${item}", # ${item}\n`).join("")}]`,
        (items: string[]) => `[\n${items.map((item) => `    "${item}"`).join(",\n")}\n]`,
        (items: string[]) => `[${items.map((item) => `"${item}"`).join(", ")}]`,
        (items: string[]) => `[ ${items.map((item) => `'${item}'`).join(", ")}, ]`,
        (items: string[]) => `[\n\n# above\n${items.map((item) => `\t"${item}",\n# under\n`).join("")}\n]`,
      ),
      fc.boolean(),
      async (items, layout, crlf) => {
        const text = `${head}dependencies = ${layout(items)}\n\n[tool.x]\na = 1\n`;
        const before = crlf ? text.replaceAll("\n", "\r\n") : text;
        assert.equal(await remove(await add(before, "httpx>=0.27"), "httpx"), before);
      },
    ),
    { numRuns: 200 },
  ));

/** Several ways to write `[project]`, and other contents of a file. */
const projects = [
  '[project]\nname = "x"\nversion = "1" # one\n',
  '[project]\n  name = "x"\n  version = "1"\n\n  [project.urls]\n  a = "b"\n',
  'project.name = "x"\nproject.version = "1"\n',
  'project = { name = "x", version = "1" }\n',
  '[project]\nname = "x"\nversion = "1"\noptional-dependencies.y = ["z"]\n',
  '[project]\nname = "x"\nversion = "1"\noptional-dependencies = { y = ["z"] }\n',
  '[project]\nname = "x"\nversion = "1"\n[project.optional-dependencies]\n',
  '[project.optional-dependencies]\n"y.1" = []\n[project]\nname = "x"\nversion = "1"',
  "",
];
const others = [
  "",
  "# nothing\n",
  "[build-system]\nrequires = []\n",
  "[[tool.x.y]]\na = 1\n[[tool.x.y]]\na = 2\n",
  "[dependency-groups]\nlint = [] # c\n",
  '[tool.posy]\nvenv = true\n[tool.posy.envs]\n"a" = {}',
  "[tool]\nposy.venv = false\n",
];

test("addRequirement changes one list and nothing else in any file", () =>
  fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...projects),
      fc.uniqueArray(fc.constantFrom(...others), { maxLength: 4 }),
      fc.constantFrom(main, dev, docs),
      fc.boolean(),
      fc.boolean(),
      async (project, rest, list, first, crlf) => {
        const isTop = project.startsWith("project");
        const parts = first || isTop ? [project, ...rest] : [...rest, project];
        const before = parts.join("\n").replaceAll("\n", crlf ? "\r\n" : "\n");
        fc.pre(!throws(() => parse(before)));
        fc.pre(project !== "" || list === dev);
        const after = await add(before, "httpx>=1", list);
        const expected = parse(before) as Record<string, Record<string, unknown>>;
        const table = (expected[list === dev ? "dependency-groups" : "project"] ??= {});
        if (list === main) table["dependencies"] = ["httpx>=1"];
        else if (list === dev) table["dev"] = ["httpx>=1"];
        else {
          table["optional-dependencies"] ??= {};
          (table["optional-dependencies"] as Record<string, unknown>)["Docs_Site"] = ["httpx>=1"];
        }
        assert.deepEqual(plain(parse(after)), plain(expected));
        // All lines are still there, in their order.
        const left = after.split("\n");
        for (const line of before.trimEnd().split("\n")) {
          const at = left.findIndex(
            (each) => each.trimEnd() === line.trimEnd() || each.startsWith(line.slice(0, 12)),
          );
          assert.notEqual(at, -1, `lost: ${line}`);
          left.splice(0, at + 1);
        }
        if (before.includes("\r\n")) assert.doesNotMatch(after, /(?<!\r)\n/);
      },
    ),
    { numRuns: 400 },
  ));

const throws = (work: () => unknown) => {
  try {
    work();
    return false;
  } catch {
    return true;
  }
};
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
