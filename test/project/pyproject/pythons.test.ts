import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { envBriefParts } from "../../../src/project/pyproject/env-requirements.ts";
import type { BriefPartsOptions } from "../../../src/project/pyproject/brief-parts.ts";
import { parseProject } from "../../../src/project/pyproject/read-project.ts";

const path = "/p/pyproject.toml";
const head = '[project]\nname = "p"\nversion = "1"\n';

/** Returns the Pythons of an environment, each with the line that asks for it. */
async function pythonsOf(text: string, env = "default", options: BriefPartsOptions = {}) {
  const { python, pythonOrigin, morePythons } = envBriefParts(await parseProject(text, path), env, options);
  return [{ python, pythonOrigin }, ...morePythons].map((each) =>
    [each.python ?? "any", each.pythonOrigin?.replace("pyproject.toml", "")].filter(Boolean).join(" "),
  );
}

const cases: readonly {
  title: string;
  text: string;
  env?: string;
  options?: BriefPartsOptions;
  pythons: readonly string[];
}[] = [
  { title: "allows any Python by default", text: head, pythons: ["any"] },
  { title: "reads one request", text: `${head}[tool.posy]\npython = "3.12"\n`, pythons: ["3.12 :5"] },
  {
    title: "reads a list with lines, each request once",
    text: `${head}[tool.posy]\npython = [\n  "3.12",\n  "3.10", "3.12",\n]\n`,
    pythons: ["3.12 :6", "3.10 :7"],
  },
  {
    title: "joins `requires-python` to each request",
    text: `${head}requires-python = ">=3.10"\n[tool.posy]\npython = ["3.12", "pypy3.10"]\n`,
    pythons: [">=3.10,==3.12.* :6", "pypy>=3.10,==3.10.* :6"],
  },
  {
    title: "prefers the requests of the environment",
    text: `${head}[tool.posy]\npython = "3.12"\n[tool.posy.envs.docs]\npython = ["3.13", "3.14"]\n`,
    env: "docs",
    pythons: ["3.13 :7", "3.14 :7"],
  },
  {
    title: "puts a version file before a list",
    text: `${head}[tool.posy]\npython = ["3.12", "3.10"]\n`,
    options: { pinned: { request: "3.10", origin: "file" } },
    pythons: ["3.10 file", "3.12 :5"],
  },
  {
    title: "replaces one request with a version file",
    text: `${head}[tool.posy]\npython = "3.12"\n`,
    options: { pinned: { request: "3.10", origin: "file" } },
    pythons: ["3.10 file"],
  },
  {
    title: "prefers the requests of the environment to a version file",
    text: `${head}[tool.posy.envs.docs]\npython = "3.12"\n`,
    env: "docs",
    options: { pinned: { request: "3.10", origin: "file" } },
    pythons: ["3.12 :5"],
  },
  {
    title: "takes only `--python` if it is given",
    text: `${head}[tool.posy]\npython = ["3.12", "3.10"]\n[tool.posy.commands]\na = { run = "x", python = "3.9" }\n`,
    options: { python: { request: "3.11" }, pinned: { request: "3.10" } },
    pythons: ["3.11"],
  },
  {
    title: "adds the Pythons of commands after the others",
    text: `${head}requires-python = ">=3.10"\n[tool.posy.commands]\na = { run = "x", python = ["3.12", "3.11"] }\nb = { run = "y", python = "3.12" }\n`,
    pythons: [">=3.10 :4", ">=3.10,==3.12.* :6", ">=3.10,==3.11.* :6"],
  },
  {
    title: "adds the Pythons of a step to the environment that it inherits",
    text: `${head}[tool.posy.envs.docs]\n[tool.posy.commands]\nrun = "z"\na = { all = ["run", { run = "x", env = "docs" }, { run = "y", python = "3.9" }], python = ["3.12", "3.11"] }\nb = { all = ["run"], env = "docs", python = "3.13" }\nc = { run = "x", env = "docs", depends-on = ["d"], python = "3.14" }\nd = { run = "x", python = "3.8" }\n`,
    env: "docs",
    pythons: ["any", "3.12 :7", "3.11 :7", "3.13 :8", "3.14 :9"],
  },
  {
    title: "adds the Pythons of commands of the default environment",
    text: `${head}[tool.posy.envs.docs]\n[tool.posy.commands]\nrun = "z"\na = { all = ["run", { run = "x", env = "docs" }, { run = "y", python = "3.9" }], python = ["3.12", "3.11"] }\nb = { all = ["run"], env = "docs", python = "3.13" }\nc = { run = "x", env = "docs", depends-on = ["d"], python = "3.14" }\nd = { run = "x", python = "3.8" }\n`,
    pythons: ["any", "3.12 :7", "3.9 :7", "3.11 :7", "3.8 :10"],
  },
  {
    title: "ignores a Python of a command that is named by path",
    text: `${head}[tool.posy.commands]\na = { run = "x", python = ["/usr/bin/python3", "python3.11", "3.12"] }\n`,
    pythons: ["any", "3.12 :5"],
  },
];

describe("pythonsOf", () => {
  for (const { title, text, env, options, pythons } of cases) {
    test(title, async () => assert.deepEqual(await pythonsOf(text, env, options), pythons));
  }
});

test("only the Pythons of commands are optional on a platform", async () => {
  const text = `${head}[tool.posy]\npython = ["3.12", "3.10"]\n[tool.posy.commands]\na = { run = "x", python = ["3.10", "3.9"] }\n`;
  const { morePythons } = envBriefParts(await parseProject(text, path), "default");
  assert.deepEqual(
    morePythons.map(({ python, optional = false }) => [python, optional]),
    [
      ["3.10", false],
      ["3.9", true],
    ],
  );
});

describe("pythonsOf rejects a Python outside of `requires-python`", () => {
  const outside: Readonly<Record<string, readonly [requires: string, rest: string, says: RegExp]>> = {
    "in a list": [
      ">=3.10",
      '[tool.posy]\npython = [\n"3.12",\n"3.9"]\n',
      /line 8, Python `3\.9` .* `>=3\.10` in line 4/,
    ],
    "as one request": [">=3.10,<3.13", '[tool.posy]\npython = "3.13"\n', /line 6, Python `3\.13`/],
    "as versions that exclude each other": ["<3.12", '[tool.posy]\npython = ">=3.12"\n', /Python `>=3\.12`/],
    "of a command": [
      ">=3.10",
      '[tool.posy.commands]\na = { run = "x", python = ["3.8", "3.12"] }\n',
      /line 6, Python `3\.8`/,
    ],
  };
  for (const [title, [requires, rest, says]] of Object.entries(outside)) {
    test(title, async () => {
      const text = `${head}requires-python = "${requires}"\n${rest}`;
      await assert.rejects(pythonsOf(text), (error) => {
        assert.ok(error instanceof PosyError);
        assert.equal(error.code, "invalid-project");
        assert.match(error.message, says);
        return true;
      });
    });
  }
  test("unless the project is not in the environment", async () => {
    const text = `${head}requires-python = ">=3.10"\n[tool.posy.envs.old]\nproject = false\npython = "3.8"\n`;
    assert.deepEqual(await pythonsOf(text, "old"), ["3.8 :7"]);
  });
});
