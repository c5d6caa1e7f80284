import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { BlueprintTarget, Interpreter, PackagePin } from "../../src/model/index.ts";
import { describeInterpreter } from "../../src/pythons/compatibility/describe-interpreter.ts";
import { chooseOpenPython } from "../../src/resolve/choose-open-python.ts";
import { parseRequirement } from "../../src/vocab/requirement/requirement.ts";
import { parseVersion } from "../../src/vocab/version/version.ts";
import { pin } from "../lockfile/blueprints.ts";

/** Its C library is older than the lock assumes. */
const machine = {
  platform: "linux-x86_64",
  platformTags: ["manylinux_2_17_x86_64"],
  markers: { platform_release: "6.1", platform_version: "#1", platform_machine: "x86_64" },
} as const;
const installed = (version: string, change: Partial<Interpreter> = {}): Interpreter => ({
  ...describeInterpreter(parseVersion(version), "linux-x86_64"),
  source: { kind: "adopted", executable: `/opt/python${version}`, fingerprint: "1" },
  ...change,
});

/** Chooses for a target that assumes Python 3.12.4, and returns the version. */
function chosen(
  versions: readonly (string | Interpreter)[],
  packages: readonly PackagePin[] = [],
  asked: readonly string[] = [],
): string {
  const assumed = describeInterpreter(parseVersion("3.12.4"), "linux-x86_64");
  const target: BlueprintTarget = {
    platform: "linux-x86_64",
    python: { ...assumed, source: { kind: "open", request: ">=3.11" } },
    packages,
  };
  const interpreters = versions.map((each) => (typeof each === "string" ? installed(each) : each));
  const answer = chooseOpenPython(
    target,
    interpreters,
    asked.map((text) => parseRequirement(text)),
    machine,
  );
  assert.equal(answer.packages, packages);
  assert.equal(answer.python.source.kind, "adopted");
  return answer.python.version;
}

describe("chooseOpenPython", () => {
  test("takes the assumed version, else the first of the same minor version", () => {
    assert.equal(chosen(["3.12.9", "3.12.4", "3.12.1"]), "3.12.4");
    assert.equal(chosen(["3.13.0", "3.12.9", "3.12.1"]), "3.12.9");
  });

  test("takes no other minor version, implementation or kind of build", () => {
    const others = [
      "3.13.0",
      installed("3.12.4", { implementation: "pypy" }),
      installed("3.12.4", { freeThreaded: true }),
    ];
    for (const list of [[], others]) {
      assert.throws(() => chosen(list), {
        code: "no-interpreter",
        message:
          "the lock leaves the interpreter for `linux-x86_64` open, and no Python 3.12 can be had on this machine",
      });
    }
  });

  const lib = (...requires: readonly string[]) => [pin("lib", "1.0", { requires, extras: ["x"] })];

  test("passes over a version that a package does not allow", () => {
    const packages = [pin("lib", "1.0", { requiresPython: ">=3.12.3" })];
    assert.equal(chosen(["3.12.1", "3.12.7"], packages), "3.12.7");
    assert.throws(() => chosen(["3.12.1"], packages), {
      code: "lock-mismatch",
      message:
        /assumes Python 3\.12\.4, but with Python 3\.12\.1 `lib 1\.0` does not work, because it needs Python `>=3\.12\.3`$/,
    });
  });

  test("passes over a version with which a package would need others, also for an extra", () => {
    const markers = [
      "dep; python_full_version >= '3.12.5'",
      "dep; extra == 'x' and python_full_version >= '3.12.5'",
      "dep; implementation_version >= '3.12.5'",
    ];
    for (const marker of markers) {
      assert.equal(chosen(["3.12.7", "3.12.3"], lib(marker)), "3.12.3");
      assert.throws(() => chosen(["3.12.7"], lib(marker)), {
        code: "lock-mismatch",
        message: /with Python 3\.12\.7 `lib 1\.0` needs other packages/,
      });
    }
    assert.equal(chosen(["3.12.7"], lib("dep; extra == 'y' and python_full_version >= '3.12.5'")), "3.12.7");
    assert.equal(chosen(["3.12.7"], lib("dep; python_full_version >= '3.12.1'")), "3.12.7");
  });

  test("passes over a version with which the project itself asks for something else", () => {
    const asked = ["dep; python_full_version < '3.12.5'"];
    assert.equal(chosen(["3.12.7", "3.12.3"], [], asked), "3.12.3");
    assert.throws(
      () => chosen(["3.12.7"], [], asked),
      /`dep; python_full_version < '3\.12\.5'` means something else/,
    );
  });

  test("leaves it to others whether a wheel fits the C library of this machine", () => {
    assert.equal(
      chosen(["3.12.7"], [pin("lib", "1.0", { tags: "cp312-cp312-manylinux_2_28_x86_64" })]),
      "3.12.7",
    );
  });

  test("passes over an interpreter that the locked wheel does not fit", () => {
    const packages = [pin("lib", "1.0", { tags: "cp312-cp312-manylinux_2_17_x86_64" })];
    const without = installed("3.12.4", { wheelTags: ["py3-none-any"] });
    assert.equal(chosen([without, "3.12.1"], packages), "3.12.1");
    assert.throws(() => chosen([without], packages), /the locked wheel of `lib` does not work/);
  });
});
