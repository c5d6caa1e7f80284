import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PosyError } from "../../src/errors/posy-error.ts";
import { type FakeIndex, fakePackageDB, fakeSha256 } from "../support/fake-package-db.ts";
import { failing, type Scene } from "./resolving.ts";

/** The packages on the index, the requirements, and the expected error: code, message, hint. */
const shapes: Readonly<Record<string, readonly [FakeIndex, Scene, readonly string[]]>> = {
  "a misspelled package name": [
    {},
    { with: ["reqeusts"] },
    [
      "[unknown-package]",
      "there is no package `reqeusts` (--with) on `https://index.example/simple/`",
      "hint: did you mean `requests`?",
    ],
  ],
  "an import name that differs from the package name": [
    {},
    { with: ["sklearn"] },
    [
      "[unknown-package]",
      "there is no package `sklearn` (--with) on `https://index.example/simple/`",
      "hint: did you mean `scikit-learn`?",
    ],
  ],
  "a dependency that does not exist": [
    { a: { "1.0": { requires: ["nope>=1"] } } },
    { with: ["a"] },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `a` (--with), but `a 1.0` needs `nope>=1`, which is on no index (looked at `https://index.example/simple/`)",
      "hint: `--index` names another index, if `nope` is on one",
    ],
  ],
  "a version that doesn't exist": [
    { a: { "1.0": {}, "2.0": {} } },
    { with: ["a>=3"] },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `a>=3` (--with), of which there is no version (the newest is 2.0)",
      "hint: loosen `a>=3`",
    ],
  ],
  "two requirements that exclude each other": [
    { a: { "1.0": {}, "2.0": {} } },
    { with: ["a>=2", "a<2"] },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `a>=2` (--with) and `a<2` (--with)",
      "hint: loosen `a>=2` or `a<2`",
    ],
  ],
  "a dependency that conflicts with a requirement": [
    { a: { "1.0": { requires: ["b<3"] }, "2.0": { requires: ["b>=3"] } }, b: { "2.0": {}, "3.0": {} } },
    { with: ["a>=2", "b<3"] },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `a>=2` (--with) and `b<3` (--with), but `a 2.0` needs `b>=3`",
      "hint: loosen `a>=2` or `b<3`",
    ],
  ],
  "a requirement that conflicts with every version of a package": [
    {
      a: { "1.0": { requires: ["b>=4"] }, "2.0": { requires: ["b>=3"] } },
      b: { "2.0": {}, "3.0": {}, "4.0": {} },
    },
    { with: ["a", "b<3"] },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `a` (--with) and `b<3` (--with), but `a 1.0` needs `b>=4` and `a 2.0` needs `b>=3`",
      "hint: loosen `b<3`",
    ],
  ],
  "a conflict at the end of a chain of dependencies": [
    {
      a: { "1.0": { requires: ["b"] } },
      b: { "1.0": { requires: ["c"] } },
      c: { "1.0": { requires: ["d>=2"] } },
      d: { "1.0": {}, "2.0": {} },
    },
    { with: ["a", "d<2"] },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  because `a 1.0` needs `b` and `b 1.0` needs `c`, `a 1.0` needs `c`",
      "  but you asked for `a` (--with) and `d<2` (--with), and `c 1.0` needs `d>=2`",
      "hint: loosen `d<2`",
    ],
  ],
  "two packages that need different versions of a third": [
    {
      a: { "1.0": { requires: ["c<2"] } },
      b: { "1.0": { requires: ["c>=2"] } },
      c: { "1.0": {}, "2.0": {} },
    },
    { with: ["a", "b"] },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `a` (--with) and `b` (--with), but `a 1.0` needs `c<2` and `b 1.0` needs `c>=2`",
      "hint: leave out one of `a` and `b`",
    ],
  ],
  "a Python that `Requires-Python` excludes": [
    { a: { "1.0": { requiresPython: ">=3.13" }, "2.0": { requiresPython: ">=3.14" } } },
    { with: ["a"] },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `a` (--with), but every version of `a` needs Python `>=3.14` or `>=3.13` (this is 3.12.1)",
      "hint: try another Python: `--python '>=3.14'`",
    ],
  ],
  "a Python that `Requires-Python` of a dependency excludes": [
    { a: { "1.0": { requires: ["b>=2"] } }, b: { "1.0": {}, "2.0": { requiresPython: "<3.10" } } },
    { with: ["a"] },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `a` (--with), but `a 1.0` needs `b>=2` and `b 2.0` needs Python `<3.10` (this is 3.12.1)",
      "hint: try another Python: `--python '<3.10'`",
    ],
  ],
  "a package with wheels for other Pythons only": [
    {
      a: {
        "1.0": {
          wheels: [
            "cp39-cp39-manylinux_2_17_x86_64",
            "cp310-cp310-manylinux_2_17_x86_64",
            "cp310-cp310-win_amd64",
          ],
          sdist: true,
        },
      },
    },
    { with: ["a"] },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `a` (--with), but `a 1.0` has no wheel for Python 3.12 on linux-x86_64 (its wheels are for CPython 3.9 and 3.10; its source distribution can't be built here)",
      "hint: try another Python: `--python 3.10`",
    ],
  ],
  "a package with wheels for other platforms only": [
    { a: { "1.0": { wheels: ["cp312-cp312-win_amd64", "cp312-cp312-macosx_11_0_arm64"] } } },
    { with: ["a"] },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `a` (--with), but `a 1.0` has no wheel for Python 3.12 on linux-x86_64 (its wheels are for macOS 11.0 arm64 and Windows x86_64)",
      "hint: ask for another version of `a`, or its authors for a wheel",
    ],
  ],
  "a package without wheels for one of several platforms": [
    { a: { "1.0": { wheels: ["cp312-cp312-win_amd64"] } } },
    { with: ["a"], brief: { platforms: ["windows-x86_64", "macos-x86_64"] } },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, macos-x86_64):",
      "  you asked for `a` (--with), but `a 1.0` has no wheel for Python 3.12 on macos-x86_64 (its wheels are for Windows x86_64)",
      "hint: leave `macos-x86_64` out of `platforms` (`[tool.posy]`, `--platform`) if nobody needs it, or ask for another version of `a`, or its authors for a wheel",
    ],
  ],
  "a package with source distributions only": [
    { a: { "1.0": { wheels: [], sdist: true }, "2.0": { wheels: [], sdist: true } } },
    { with: ["a"] },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `a` (--with), but every version of `a` has only source distributions (which can't be built here)",
      "hint: ask for a version of `a` that has wheels",
    ],
  ],
  "a requirement that only a disallowed pre-release meets": [
    { a: { "1.0": {}, "2.0rc1": {} } },
    { with: ["a>=1.5"], brief: { prerelease: "disallow" } },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `a>=1.5` (--with), but `a 2.0rc1` is a pre-release",
      "hint: `--prerelease allow` would let `a 2.0rc1` be used",
    ],
  ],
  "a dependency that only a disallowed pre-release meets": [
    { a: { "1.0": {}, "2.0rc1": {} }, b: { "1.0": { requires: ["a>=2.0rc1"] } } },
    { with: ["b"], brief: { prereleases: { a: "disallow" } } },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `b` (--with), but `b 1.0` needs `a>=2.0rc1` and `a 2.0rc1` is a pre-release",
      "hint: `--prerelease a=allow` would let `a 2.0rc1` be used",
    ],
  ],
  "a package whose versions are all yanked": [
    { a: { "1.0": { yanked: "broken" } } },
    { with: ["a"] },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `a` (--with), but `a 1.0` was yanked by its authors (broken)",
      "hint: `a==1.0` would have it nevertheless",
    ],
  ],
  "a constraint that conflicts with a requirement": [
    { a: { "1.0": {}, "2.0": {} }, b: { "1.0": { requires: ["a>=2"] } } },
    { with: ["b"], brief: { constraints: ["a<2"] } },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `b` (--with), but `b 1.0` needs `a>=2` and `a 2.0` is ruled out by your constraint `a<2` (constraints.txt:1)",
      "hint: loosen the constraint",
    ],
  ],
  "a package without a hash when others have hashes": [
    { a: { "1.0": { requires: ["b"] } }, b: { "1.0": {} } },
    { with: ["a==1.0"], brief: { hashes: { "a==1.0": [fakeSha256("a-1.0-py3-none-any.whl")] } } },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `a==1.0` (--with), but `a 1.0` needs `b` and `b 1.0` has no hash in your requirements (once one has, all must)",
      "hint: give a `--hash` for `b` too",
    ],
  ],
  "a hash that no file has": [
    { a: { "1.0": {} } },
    { with: ["a==1.0"], brief: { hashes: { "a==1.0": ["0".repeat(64)] } } },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `a==1.0` (--with), but `a 1.0` has no file with a hash that was given",
      "hint: compare the `--hash` of `a` with what its authors publish",
    ],
  ],
  "a package with malformed metadata": [
    { a: { "1.0": { broken: new PosyError("invalid-metadata", "`Requires-Dist: ???` can't be read") } } },
    { with: ["a"] },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `a` (--with), but `a 1.0` has broken metadata (`Requires-Dist: ???` can't be read)",
      "hint: tell those who make `a`, or ask for another version of it",
    ],
  ],
  "the reason only once if it is the same on every Python": [
    { a: { "1.0": { requiresPython: "<3.9" } } },
    { with: ["a"], pythons: ["3.13.5", "3.12.1", "3.11.3"] },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.13.5, 3.12.1 and 3.11.3, linux-x86_64):",
      "  you asked for `a` (--with), but `a 1.0` needs Python `<3.9` (this is 3.13.5)",
      "hint: try another Python: `--python '<3.9'`",
    ],
  ],
  "each reason with its Pythons if the reasons differ": [
    { a: { "1.0": { requiresPython: "<3.12", wheels: ["cp310-cp310-manylinux_2_17_x86_64"] } } },
    { with: ["a"], pythons: ["3.13.5", "3.12.1", "3.11.3"] },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (linux-x86_64), with none of Python 3.13.5, 3.12.1 and 3.11.3:",
      "  with Python 3.13.5 and 3.12.1:",
      "    you asked for `a` (--with), but `a 1.0` needs Python `<3.12` (this is 3.13.5)",
      "  with Python 3.11.3:",
      "    you asked for `a` (--with), but `a 1.0` has no wheel for Python 3.11 on linux-x86_64 (its wheels are for CPython 3.10)",
      "hint: try another Python: `--python '<3.12'`",
    ],
  ],
  "a dependency that is needed on this Python only": [
    { a: { "1.0": { requires: ["b>=2; python_version >= '3.12'"] } }, b: { "1.0": {} } },
    { with: ["a"], pythons: ["3.12.1"] },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `a` (--with), but `a 1.0` needs `b>=2` on Python 3.12, of which there is no version (there is only 1.0)",
      "hint: ask for something else, or tell its authors",
    ],
  ],
  "a conflict that an extra causes": [
    { a: { "1.0": { extras: ["x"], requires: ["b<2; extra == 'x'"] } }, b: { "1.0": {}, "2.0": {} } },
    { with: ["a[x]", "b>=2"] },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `a[x]` (--with) and `b>=2` (--with), but `a[x] 1.0` needs `b<2`",
      "hint: loosen `b>=2`",
    ],
  ],
  "a conflict with every version of a package, each for another reason": [
    {
      foo: { "1.0": { requires: ["a>=1", "b>=1"] }, "1.1": { requires: ["x>=1", "y>=1"] } },
      a: { "1.0": { requires: ["b>=2"] } },
      b: { "1.0": {}, "2.0": {}, "3.0": {} },
      x: { "1.0": { requires: ["y>=2"] } },
      y: { "1.0": {}, "2.0": {} },
    },
    { with: ["foo", "b<2", "y<2"] },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  because `foo 1.0` needs `a>=1` and `a 1.0` needs `b>=2`, `foo 1.0` needs `b>=2`",
      "  but you asked for `foo` (--with), `b<2` (--with) and `y<2` (--with), and `x 1.0` needs `y>=2` and `foo 1.1` needs `x>=1`",
      "hint: loosen `b<2` or `y<2`",
    ],
  ],
  "two URLs for one package": [
    {},
    {
      with: ["a @ https://x.example/a-1.0-py3-none-any.whl", "a @ https://y.example/a-2.0-py3-none-any.whl"],
      db: fakePackageDB(
        {},
        {
          direct: {
            "https://x.example/a-1.0-py3-none-any.whl": ["a", "1.0", {}],
            "https://y.example/a-2.0-py3-none-any.whl": ["a", "2.0", {}],
          },
        },
      ),
    },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `a @ https://x.example/a-1.0-py3-none-any.whl` (--with) and `a @ https://y.example/a-2.0-py3-none-any.whl` (--with)",
      "hint: loosen `a @ https://x.example/a-1.0-py3-none-any.whl` or `a @ https://y.example/a-2.0-py3-none-any.whl`",
    ],
  ],
  "a version that is not cached with `--offline`": [
    { a: { "1.0": { broken: new PosyError("offline", "x") } } },
    { with: ["a"] },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `a` (--with), but `a 1.0` was not fetched before (posy is offline)",
      "hint: run it again without `--offline`",
    ],
  ],
  "a package whose files are all too new for `--exclude-newer`": [
    {},
    {
      with: ["a"],
      db: fakePackageDB(
        { a: {} },
        { setAside: { a: [{ reason: "files uploaded at or after 2020-01-01", count: 12 }] } },
      ),
    },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `a` (--with), of which nothing is left (12 files uploaded at or after 2020-01-01 set aside)",
      "hint: give a later `--exclude-newer`, or none",
    ],
  ],
  "a package whose files are all malformed": [
    {},
    {
      with: ["a>=1"],
      db: fakePackageDB(
        { a: {} },
        { setAside: { a: [{ reason: "wheels with a malformed name", count: 2 }] } },
      ),
    },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `a>=1` (--with), of which nothing is left (2 wheels with a malformed name set aside)",
      "hint: loosen `a>=1`",
    ],
  ],
  "a package whose files have no upload time with `--exclude-newer`": [
    {},
    {
      with: ["a"],
      db: fakePackageDB(
        { a: {} },
        { setAside: { a: [{ reason: "files whose index doesn't say when they were uploaded", count: 2 }] } },
      ),
    },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `a` (--with), of which nothing is left (2 files whose index doesn't say when they were uploaded set aside)",
      "hint: leave out `--exclude-newer`, or use an index that lists upload times",
    ],
  ],
  "a separate reason for each version": [
    {
      a: {
        "3.0": { requiresPython: ">=3.13" },
        "2.0": { wheels: ["cp311-cp311-manylinux_2_17_x86_64"] },
        "1.0": { wheels: [], sdist: true },
      },
    },
    { with: ["a"] },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `a` (--with), but `a 3.0` needs Python `>=3.13` (this is 3.12.1), `a 2.0` has no wheel for Python 3.12 on linux-x86_64 (its wheels are for CPython 3.11) and `a 1.0` has only source distributions (which can't be built here)",
      "hint: try another Python: `--python '>=3.13'`",
    ],
  ],
  "that no Python meets the request": [
    {},
    { with: ["a"], pythons: [], brief: { python: ">=4" } },
    [
      "[no-interpreter]",
      "no Python that meets `>=4` is available for `linux-x86_64`",
      "hint: `posy python list --platform linux-x86_64` shows what there is",
    ],
  ],
  "that no Python is available for a platform": [
    {},
    { with: ["a"], pythons: [] },
    [
      "[no-interpreter]",
      "no Python is available for `linux-x86_64`",
      "hint: `posy resolve --python-version 3.13` resolves for a version whether or not there is such a Python",
    ],
  ],
  "a dependency with an extra that no version meets": [
    { a: { "1.0": { requires: ["b[z]>=2"] } }, b: { "1.0": {} } },
    { with: ["a"] },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `a` (--with), but `a 1.0` needs `b[z]>=2`, of which there is no version (there is only 1.0)",
      "hint: ask for something else, or tell its authors",
    ],
  ],
  "a conflict with a range of versions": [
    {
      a: { "1.0": {}, "1.1": { requires: ["b>=2"] }, "1.2": { requires: ["b>=2"] }, "2.0": {} },
      b: { "1.0": {}, "2.0": {} },
    },
    { with: ["a>=1.1,<2", "b<2"] },
    [
      "[unsatisfiable]",
      "no versions fit what you asked for (Python 3.12.1, linux-x86_64):",
      "  you asked for `a>=1.1,<2` (--with) and `b<2` (--with), but `a>=1.1,<=1.2` need `b>=2`",
      "hint: loosen `a>=1.1,<2` or `b<2`",
    ],
  ],
};

describe("a failed resolution explains", () => {
  for (const [title, [index, scene, expected]] of Object.entries(shapes)) {
    test(title, async () => {
      const { code, message, hint } = await failing(index, scene);
      assert.deepEqual([`[${code}]`, ...message.split("\n"), `hint: ${hint}`], expected);
    });
  }
});
