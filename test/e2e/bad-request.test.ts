import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox } from "../support/posy.ts";

const files = [
  makeWheel({ name: "greeting", version: "1.0", files: { "greeting.py": "text = 'hello 1'\n" } }),
  makeWheel({ name: "greeting", version: "2.0", files: { "greeting.py": "text = 'hello 2'\n" } }),
  makeWheel({ name: "old-fashioned", requires: ["greeting<2"] }),
  makeWheel({ name: "needs-future", requiresPython: ">=9" }),
  makeWheel({ name: "needs-missing", requires: ["nowhere-to-be-found>=3"] }),
];

interface Refusal {
  readonly title: string;
  readonly args: readonly string[];
  readonly status: number;
  readonly says: RegExp;
  readonly hints?: RegExp;
}

const refusals: readonly Refusal[] = [
  { title: "an unknown package", args: ["--with", "quite-unknown"], status: 1, says: /quite-unknown/ },
  { title: "a package misspelled by a letter", args: ["--with", "greting"], status: 1, says: /`?greting/ },
  {
    title: "an unknown version",
    args: ["--with", "greeting==7.5"],
    status: 1,
    says: /greeting==7\.5/,
    hints: /\b2\.0\b|greeting/,
  },
  {
    title: "requirements that conflict",
    args: ["--with", "greeting>=2", "--with", "old-fashioned"],
    status: 1,
    says: /old-fashioned[^]*greeting<2|greeting<2[^]*old-fashioned/,
  },
  {
    title: "a dependency that no index has",
    args: ["--with", "needs-missing"],
    status: 1,
    says: /nowhere-to-be-found/,
  },
  { title: "a package for another Python", args: ["--with", "needs-future"], status: 1, says: />=9/ },
  { title: "a malformed requirement", args: ["--with", "greeting=>1"], status: 2, says: /greeting=>1/ },
  {
    title: "a malformed marker",
    args: ["--with", "greeting; python_versio > '3'"],
    status: 2,
    says: /python_versio/,
  },
  { title: "a malformed Python request", args: ["--python", "three"], status: 2, says: /three/ },
  { title: "an empty URL of an index", args: ["--index", ""], status: 2, says: /empty/, hints: /URL/ },
  {
    title: "a folder name as a Python request",
    args: ["--python", "venv"],
    status: 2,
    says: /venv/,
    hints: /\.\/venv/,
  },
  { title: "a Python version that does not exist", args: ["--python", ">=9.9"], status: 1, says: /9\.9/ },
  {
    title: "an unknown option",
    args: ["--wth", "greeting"],
    status: 2,
    says: /--wth/,
    hints: /--with/,
  },
  {
    title: "a requirements file that does not exist",
    args: ["-r", "missing.txt"],
    status: 1,
    says: /missing\.txt/,
  },
];

describe("a request that can't be satisfied", () => {
  for (const { title, args, status, says, hints } of refusals) {
    test(`fails with a reason and leaves the home usable: ${title}`, async () => {
      await using index = await startIndex({ files });
      using sandbox = await newSandbox();
      const at = ["--default-index", index.url];
      const resolving =
        args[0] === "-r" ? ["run", "--with-requirements", ...args.slice(1)] : ["run", ...args];
      assertFailed(
        await sandbox.posy([...resolving, ...at, "--", "python", "-c", "pass"]),
        status,
        says,
        hints,
      );
      const after = [
        "run",
        ...at,
        "--with",
        "greeting",
        "--",
        "python",
        "-c",
        "import greeting; print(greeting.text)",
      ];
      assertPrinted(await sandbox.posy(after), "hello 2\n");
    });
  }

  test("gets a suggestion for a misspelled package name", async () => {
    await using index = await startIndex({ files });
    using sandbox = await newSandbox();
    const at = ["--default-index", index.url];
    // Suggestions come from the other requirements and from a list of popular names; `requests` is on that list.
    const run = await sandbox.posy(["resolve", ...at, "greeting", "request"]);
    assertFailed(run, 1, /request/, /requests/);
  });

  test("rejects a `--python-version` without a minor version", async () => {
    using sandbox = await newSandbox();
    const run = await sandbox.posy(["resolve", "greeting", "--no-index", "--python-version", "3"]);
    assertFailed(run, 2, /`3`.*minor/, /3\.13/);
  });

  test("reports a command that no package has", async () => {
    await using index = await startIndex({ files });
    using sandbox = await newSandbox();
    const run = await sandbox.posy([
      "run",
      "--default-index",
      index.url,
      "--with",
      "greeting",
      "--",
      "greet-me",
    ]);
    assertFailed(run, 127, /greet-me/);
  });

  test("reports a script that does not exist", async () => {
    using sandbox = await newSandbox();
    assertFailed(await sandbox.posy(["run", "absent.py"]), 127, /absent\.py/, /check the path/);
  });

  test("names the line of a malformed requirements file", async () => {
    await using index = await startIndex({ files });
    using sandbox = await newSandbox();
    const text = "# first\ngreeting>=1\ngreeting ==== 2\n";
    const run = await sandbox.posy(["resolve", "--default-index", index.url, "-r", "-"], { stdin: text });
    assertFailed(run, 2, /3/);
    assert.match(run.stderr, /====/);
  });
});

for (const [url, status, says] of [
  ["lib @ file:///tmp/a%2Fb", 2, /encoded `\/`/],
  ["lib @ git+file:///tmp/nowhere-at-all@feature%2Ffoo", 1, /no repository at/],
  ["lib @ file://server/x", 2, /is not a file on this machine/],
] as const) {
  test(`rejects \`${url}\` with the reason`, async () => {
    using sandbox = await newSandbox();
    assertFailed(await sandbox.posy(["resolve", "--no-index", url]), status, says);
  });
}
