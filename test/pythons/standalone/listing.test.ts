import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseBuilds } from "../../../src/pythons/standalone/choose-builds.ts";
import { parseSums, parseVersions } from "../../../src/pythons/standalone/standalone-build.ts";
import { parseStandaloneName } from "../../../src/pythons/standalone/standalone-name.ts";

const digest = (letter: string) => letter.repeat(64);
const sums = (...names: readonly string[]) => names.map((name) => `${digest("a")}  ${name}`).join("\n");
const linux = "x86_64-unknown-linux-gnu";

test("parses SHA256SUMS in both styles, with folders and CRLF, and skips files that are not archives for Posy's platforms", () => {
  const text = [
    `${digest("A")} *cpython-3.13.5+20250612-${linux}-install_only.tar.gz`,
    `${digest("b")}  ./20250612/cpython-3.13.5%2B20250612-aarch64-apple-darwin-install_only.tar.gz\r`,
    `${digest("c")}  cpython-3.13.5+20250612-riscv64-unknown-linux-gnu-install_only.tar.gz`,
    `${digest("d")}  ../../etc/passwd`,
    `${digest("e")}  cpython-3.13.5+20250612-${linux}-install_only.tar.gz/../x`,
    `abc  cpython-3.13.5+20250612-${linux}-debug-full.tar.zst`,
    "<html>",
  ].join("\n");
  assert.deepEqual(
    parseSums(text).map(({ filename, sha256 }) => [filename, sha256?.slice(0, 1)]),
    [
      [`cpython-3.13.5+20250612-${linux}-install_only.tar.gz`, "a"],
      ["cpython-3.13.5+20250612-aarch64-apple-darwin-install_only.tar.gz", "b"],
    ],
  );
});

test("parses the index of all versions, of URLs only the file name, and skips malformed lines", () => {
  const url = `https://elsewhere.example/x/cpython-3.8.1%2B20200101-${linux}-install_only.tar.gz`;
  const lines = [
    JSON.stringify({ version: "3.8.1+20200101", artifacts: [{ url, sha256: digest("a"), platform: linux }] }),
    "{ broken",
    JSON.stringify({
      version: "3.8.0",
      artifacts: [
        { url, sha256: "x" },
        { url: "x/readme.txt", sha256: digest("a") },
        { url, sha256: null },
        null,
        7,
        { url: 3, sha256: "x" },
      ],
    }),
    JSON.stringify({ version: "3.8.0", artifacts: "none" }),
    "",
  ];
  const builds = parseVersions(lines.join("\n"));
  assert.deepEqual(
    builds.map(({ filename }) => filename),
    [`cpython-3.8.1+20200101-${linux}-install_only.tar.gz`],
  );
});

test("chooses one build for each version and platform", () => {
  const cases: readonly (readonly [string, readonly string[], string | undefined])[] = [
    [
      "stripped first",
      ["pgo+lto-full.tar.zst", "install_only.tar.gz", "install_only_stripped.tar.gz"],
      "install_only_stripped.tar.gz",
    ],
    ["then install_only", ["noopt-full.tar.zst", "install_only.tar.gz"], "install_only.tar.gz"],
    [
      "then the best full one",
      ["noopt-full.tar.zst", "lto-full.tar.zst", "pgo+lto-full.tar.zst"],
      "pgo+lto-full.tar.zst",
    ],
    ["never debug", ["debug-full.tar.zst", "debug-install_only_stripped.tar.gz"], undefined],
    ["never static", ["lto+static-full.tar.zst"], undefined],
  ];
  for (const [what, flavors, expected] of cases) {
    const names = flavors.map((flavor) => `cpython-3.13.5+20250612-${linux}-${flavor}`);
    for (const inOrder of [names, names.toReversed()]) {
      const [chosen, ...more] = chooseBuilds(parseSums(sums(...inOrder)));
      assert.equal(chosen?.filename.split(`${linux}-`)[1], expected, what);
      assert.deepEqual(more, []);
    }
  }
});

test("prefers flavors in this order, and of two archives with the same flavor the first in the list", () => {
  const flavors = [
    "install_only_stripped.tar.gz",
    "install_only.tar.gz",
    "pgo+lto-full.tar.zst",
    "pgo-full.tar.zst",
    "lto-full.tar.zst",
    "noopt-full.tar.zst",
    "full.tar.zst",
    "unheard_of.tar.zst",
    "unheard_of.tar.gz",
  ];
  const names = flavors.map((flavor) => `cpython-3.13.5+20250612-${linux}-${flavor}`);
  const chosenOf = (listed: readonly string[]) => chooseBuilds(parseSums(sums(...listed)))[0]?.filename;
  for (const [index, name] of names.entries()) {
    assert.equal(chosenOf(names.slice(index)), name);
    const isSame = index === 5 || index === 7;
    if (!isSame) assert.equal(chosenOf(names.slice(index).toReversed()), name);
  }
});

test("chooses the newest day before the better flavor, no builds for newer processors, and both kinds of threading", () => {
  const chosen = chooseBuilds(
    parseSums(
      sums(
        `cpython-3.12.1+20240107-${linux}-install_only_stripped.tar.gz`,
        `cpython-3.12.1+20240224-${linux}-install_only.tar.gz`,
        "cpython-3.12.1+20250612-x86_64_v3-unknown-linux-gnu-install_only_stripped.tar.gz",
        `cpython-3.13.5+20250612-${linux}-freethreaded+pgo+lto-full.tar.zst`,
        `cpython-3.13.5+20250612-${linux}-freethreaded-install_only_stripped.tar.gz`,
        `cpython-3.13.5+20250612-${linux}-install_only_stripped.tar.gz`,
        "cpython-3.12.1+20240107-x86_64-unknown-linux-musl-install_only.tar.gz",
      ),
    ),
  );
  assert.deepEqual(
    chosen.map(({ filename }) => filename),
    [
      `cpython-3.12.1+20240224-${linux}-install_only.tar.gz`,
      `cpython-3.13.5+20250612-${linux}-freethreaded-install_only_stripped.tar.gz`,
      `cpython-3.13.5+20250612-${linux}-install_only_stripped.tar.gz`,
    ],
  );
});

test("regards builds for musl as static until March 2025", () => {
  const name = (date: string) =>
    parseStandaloneName(`cpython-3.12.9+${date}-x86_64-unknown-linux-musl-install_only.tar.gz`);
  assert.equal(name("20250310")?.static, true);
  assert.equal(name("20250311")?.static, false);
});
