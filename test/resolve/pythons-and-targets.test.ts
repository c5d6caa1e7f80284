import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PosyError } from "../../src/errors/posy-error.ts";
import type { Blueprint, Interpreter } from "../../src/model/index.ts";
import { describeInterpreter } from "../../src/pythons/compatibility/describe-interpreter.ts";
import { resolve } from "../../src/resolve/resolve.ts";
import type { PlatformName } from "../../src/vocab/tags/platform-name.ts";
import { parseVersion } from "../../src/vocab/version/version.ts";
import { briefOf } from "../support/brief.ts";
import { fakePackageDB } from "../support/fake-package-db.ts";
import { recordingReporter } from "../support/recording-reporter.ts";
import { contextOf, failing, resolving } from "./resolving.ts";

const abi = (python: string, platform = "manylinux_2_17_x86_64") => `cp${python}-cp${python}-${platform}`;

describe("resolving with several available Pythons", () => {
  const pythons = ["3.13.5", "3.13.4", "3.12.1", "3.11.3"];

  test("chooses the best interpreter that works", async () => {
    const { python, pins } = await resolving(
      { a: { "1.0": { wheels: [abi("312"), abi("311")] } } },
      { with: ["a"], pythons },
    );
    assert.deepEqual([python, pins], ["3.12.1", ["a==1.0"]]);
  });

  test("prefers an older version of a package to an older Python", async () => {
    const { python, pins } = await resolving(
      { a: { "2.0": { requiresPython: "<3.13" }, "1.0": {} } },
      { with: ["a"], pythons },
    );
    assert.deepEqual([python, pins], ["3.13.5", ["a==1.0"]]);
  });

  test("tries one patch version of each minor version, and requests nothing twice", async () => {
    const { asked } = await resolving(
      { a: { "1.0": { requires: ["b"] } }, b: { "1.0": { wheels: [abi("311")] } } },
      { with: ["a"], pythons },
    );
    assert.deepEqual([...asked].sort(), [
      "metadata a-1.0-py3-none-any.whl",
      `metadata b-1.0-${abi("311")}.whl`,
      "project a",
      "project b",
    ]);
  });

  test("names in an error all Pythons that were tried, with separate reasons if they differ", async () => {
    const error = await failing(
      { a: { "1.0": { requiresPython: "<3.12", wheels: [abi("310")] } } },
      { with: ["a"], pythons },
    );
    assert.equal(
      error.message,
      [
        "no versions fit what you asked for (linux-x86_64), with none of Python 3.13.5, 3.12.1 and 3.11.3:",
        "  with Python 3.13.5 and 3.12.1:",
        "    you asked for `a` (--with), but `a 1.0` needs Python `<3.12` (this is 3.13.5)",
        "  with Python 3.11.3:",
        "    you asked for `a` (--with), but `a 1.0` has no wheel for Python 3.11 on linux-x86_64 (its wheels are for CPython 3.10)",
      ].join("\n"),
    );
  });

  test("tries no other Python if the failure does not depend on Python", async () => {
    const error = await failing({ a: { "1.0": {} } }, { with: ["a>=2"], pythons });
    assert.match(error.message, /^no versions fit what you asked for \(Python 3\.13\.5, linux-x86_64\)/);
  });

  test("takes the older Python if a requirement of the newer one fails", async () => {
    const { python } = await resolving(
      { a: { "1.0": { requires: ["b>=9; python_version >= '3.12'"] } }, b: { "1.0": {} } },
      { with: ["a"], pythons },
    );
    assert.equal(python, "3.11.3");
  });

  test("does not look for interpreters with `--python-version`", async () => {
    const { python } = await resolving(
      { a: { "1.0": {} } },
      { with: ["a"], pythons: [], brief: { pythonVersion: "3.9" } },
    );
    assert.equal(python, "3.9.0");
  });
});

describe("several targets", () => {
  const everywhere = ["linux-x86_64", "macos-arm64", "windows-x86_64"] as const;

  test("get the same version if one works on all of them", async () => {
    const index = {
      a: { "1.0": {}, "2.0": { wheels: [abi("312", "win_amd64"), abi("312", "macosx_11_0_arm64")] } },
    };
    const { blueprint } = await resolving(index, { with: ["a"], brief: { platforms: everywhere } });
    assert.deepEqual(
      blueprint.targets.map(({ platform, packages }) => [platform, packages[0]?.version]),
      [
        ["linux-x86_64", "1.0"],
        ["macos-arm64", "1.0"],
        ["windows-x86_64", "1.0"],
      ],
    );
  });

  test("are not held back by an earlier platform that new versions no longer support", async () => {
    const newest = ["manylinux_2_17_x86_64", "win_amd64"].map((platform) => abi("312", platform));
    const { blueprint } = await resolving(
      { a: { "1.0": {}, "2.0": { wheels: newest } } },
      { with: ["a"], brief: { platforms: ["linux-x86_64", "macos-x86_64", "windows-x86_64"] } },
    );
    assert.deepEqual(
      blueprint.targets.map(({ packages }) => packages[0]?.version),
      ["2.0", "1.0", "2.0"],
    );
  });

  test("get different Pythons if no Python works on all of them", async () => {
    const index = { a: { "1.0": { wheels: [abi("313", "win_amd64"), abi("312")] } } };
    const { blueprint } = await resolving(index, {
      with: ["a"],
      pythons: ["3.13.5", "3.12.1"],
      brief: { platforms: ["linux-x86_64", "windows-x86_64"] },
    });
    assert.deepEqual(
      blueprint.targets.map(({ python }) => python.version),
      ["3.12.1", "3.13.5"],
    );
  });

  test("on arm64 Macs take no arm64 wheel for a macOS before 11", async () => {
    const wheels = [abi("312", "macosx_10_9_arm64"), abi("312", "macosx_10_9_x86_64")];
    const { blueprint } = await resolving(
      { a: { "1.0": {}, "1.5": { wheels: [abi("312", "macosx_10_9_universal2")] }, "2.0": { wheels } } },
      { with: ["a"], brief: { platforms: ["macos-arm64", "macos-x86_64"] } },
    );
    assert.deepEqual(
      blueprint.targets.map(({ packages }) => packages[0]?.version),
      ["1.5", "1.5"],
    );
  });

  test("get only the packages whose markers hold on their platform", async () => {
    const { blueprint } = await resolving(
      { a: { "1.0": { requires: ["b; sys_platform == 'win32'"] } }, b: { "1.0": {} } },
      { with: ["a"], brief: { platforms: everywhere } },
    );
    assert.deepEqual(
      blueprint.targets.map(({ packages }) => packages.map(({ name }) => name)),
      [["a"], ["a"], ["a", "b"]],
    );
  });
});

describe("plain linux wheels", () => {
  const plain = (arch: string) => abi("312", `linux_${arch}`);

  test("are compatible with glibc and musl, and only with their own architecture", async () => {
    const index = { a: { "1.0": {}, "2.0": { wheels: [plain("x86_64")] } } };
    const { blueprint } = await resolving(index, {
      with: ["a"],
      brief: { platforms: ["linux-x86_64", "linux-x86_64-musl", "linux-aarch64"] },
    });
    assert.deepEqual(
      blueprint.targets.map(({ packages }) => packages[0]?.version),
      ["2.0", "2.0", "1.0"],
    );
  });

  test("are taken only if there is no manylinux or musllinux wheel", async () => {
    const wheels = [plain("x86_64"), abi("312", "manylinux_2_5_x86_64")];
    const { blueprint, reporter } = await resolving({ a: { "1.0": { wheels } } }, { with: ["a"] });
    assert.match(blueprint.targets[0]?.packages[0]?.artifact.filename ?? "", /manylinux/);
    assert.deepEqual(reporter.warnings(), []);
  });

  test("cause a warning if resolved for another machine, but not for this one", async () => {
    const index = { a: { "1.0": { wheels: [plain("x86_64"), plain("aarch64")] } } };
    const { reporter } = await resolving(index, {
      with: ["a"],
      brief: { platforms: ["linux-x86_64", "linux-aarch64"] },
    });
    assert.deepEqual(reporter.warnings(), [
      "`a 1.0` may not load on linux-aarch64: `a-1.0-cp312-cp312-linux_aarch64.whl` does not say which C library it needs",
    ]);
  });
});

describe("an earlier Blueprint", () => {
  const before = { a: { "1.0": { requires: ["b"] } }, b: { "1.0": {} } };
  const now = { a: { "1.0": { requires: ["b"] }, "2.0": { requires: ["b"] } }, b: { "1.0": {}, "2.0": {} } };

  test("is kept if it still fits", async () => {
    const { blueprint: preferences } = await resolving(before, { with: ["a"], pythons: ["3.12.1"] });
    const { pins, python } = await resolving(now, {
      with: ["a"],
      preferences,
      pythons: ["3.13.5", "3.12.1"],
    });
    assert.deepEqual([pins, python], [["a==1.0", "b==1.0"], "3.12.1"]);
  });

  test("is not kept if it no longer fits", async () => {
    const { blueprint: preferences } = await resolving(before, { with: ["a"] });
    const { pins } = await resolving(now, { with: ["a>1"], preferences });
    assert.deepEqual(pins, ["a==2.0", "b==1.0"]);
  });

  test("keeps a version that was yanked after locking", async () => {
    const { blueprint: preferences } = await resolving(before, { with: ["a"] });
    const yanked = { ...now, b: { "1.0": { yanked: "oops" }, "2.0": {} } };
    const { pins, reporter } = await resolving(yanked, { with: ["a"], preferences });
    assert.deepEqual(pins, ["a==1.0", "b==1.0"]);
    assert.deepEqual(reporter.warnings(), ["`b 1.0` was yanked by its authors: oops"]);
  });
});

describe("the pins of a Blueprint", () => {
  test("record which packages require them, and with which extras", async () => {
    const { blueprint } = await resolving(
      {
        a: { "1.0": { requires: ["c[y]"], extras: ["x"] } },
        b: { "1.0": { requires: ["c", "a"] } },
        c: { "1.0": { extras: ["y"] } },
      },
      { with: ["a[x]", "b"] },
    );
    assert.deepEqual(
      blueprint.targets[0]?.packages.map(({ name, extras, requiredBy, requested }) => [
        name,
        extras,
        requiredBy,
        requested,
      ]),
      [
        ["a", ["x"], ["b"], true],
        ["b", [], [], true],
        ["c", ["y"], ["a", "b"], false],
      ],
    );
  });

  test("do not depend on the order in which responses arrive", async () => {
    const index = {
      a: { "1.0": { requires: ["c<2"] }, "2.0": { requires: ["c<1"] } },
      b: { "1.0": { requires: ["c>=1"] } },
      c: { "0.1": {}, "1.0": {}, "2.0": {} },
    };
    const { blueprint } = await resolving(index, { with: ["a", "b"] });
    for (let seed = 0; seed < 5; seed++) {
      const delayed = await resolving(index, { with: ["a", "b"], delay: seed + 1 });
      assert.deepEqual(delayed.blueprint, blueprint);
    }
  });
});

test("resolving requests each package once, and hardly any metadata of versions that it does not choose", async () => {
  const { asked, pins } = await resolving(
    {
      a: { "1.0": { requires: ["b", "c>=1"] } },
      b: { "1.0": { requires: ["c<3"] }, "0.9": {} },
      c: { "1.0": {}, "2.0": {}, "3.0": {} },
    },
    { with: ["a"] },
  );
  assert.deepEqual(pins, ["a==1.0", "b==1.0", "c==2.0"]);
  // The prefetch may request `c 3.0` before it is known that `b` excludes it.
  assert.ok(asked.length <= 7, asked.join(", "));
  assert.equal(new Set(asked).size, asked.length);
});

describe("a platform for which there is no interpreter", () => {
  const open = (version: string, platform: PlatformName): Interpreter => ({
    ...describeInterpreter(parseVersion(version), platform),
    source: { kind: "open", request: "3.12" },
  });
  /** Only Linux has an interpreter. For other platforms the ones of `openVersions` can be described. */
  async function locking(openVersions: readonly string[] | undefined, preferences?: Blueprint) {
    const db = fakePackageDB({ a: { "1.0": {} } });
    const reporter = recordingReporter();
    const context = contextOf(db, reporter, { pythons: ["3.12.1"], ...(preferences && { preferences }) });
    const asked: (readonly string[])[] = [];
    const brief = briefOf(["a"], {
      python: "3.12",
      platforms: ["linux-x86_64", "macos-arm64", "windows-x86_64"],
    });
    const blueprint = await resolve(brief, {
      ...context,
      interpreters: async (request, platform) =>
        platform === "linux-x86_64" ? context.interpreters(request, platform) : [],
      ...(openVersions && {
        openInterpreters: (_request, platform, known) => {
          asked.push(known);
          return Promise.resolve(openVersions.map((version) => open(version, platform)));
        },
      }),
    });
    const targets = blueprint.targets.map(({ python: { version, source } }) => `${version} ${source.kind}`);
    return { blueprint, targets, asked, warnings: reporter.warnings() };
  }

  test("is an error unless interpreters may stay open", async () => {
    await assert.rejects(locking(undefined), { code: "no-interpreter", message: /`macos-arm64`/ });
    await assert.rejects(locking([]), { code: "no-interpreter", message: /`macos-arm64`/ });
  });

  test("gets an open one, told the versions of the others, with one warning for all such platforms", async () => {
    const { targets, asked, warnings } = await locking(["3.12.1"]);
    assert.deepEqual(targets, ["3.12.1 described", "3.12.1 open", "3.12.1 open"]);
    assert.deepEqual(asked, [["3.12.1"], ["3.12.1"]]);
    assert.deepEqual(warnings, [
      "no source that can be reached has Python 3.12 for `macos-arm64` and `windows-x86_64`, so the lock leaves the interpreter open there and assumes Python 3.12.1",
    ]);
  });

  test("keeps the assumed version of an earlier answer, and an interpreter that was pinned", async () => {
    const python = { ...open("3.12.3", "macos-arm64") };
    const source = {
      kind: "pybi",
      url: "https://index.example/a.pybi",
      filename: "a.pybi",
      hashes: {},
    } as const;
    const preferences: Blueprint = {
      blueprintVersion: 1,
      targets: [
        { platform: "macos-arm64", python, packages: [] },
        { platform: "windows-x86_64", python: { ...open("3.12.2", "windows-x86_64"), source }, packages: [] },
      ],
    };
    const { targets, asked } = await locking(["3.12.3"], preferences);
    assert.deepEqual(asked, [
      ["3.12.3", "3.12.1"],
      ["3.12.2", "3.12.1"],
    ]);
    assert.deepEqual(targets, ["3.12.1 described", "3.12.3 open", "3.12.2 pybi"]);
  });
});

describe("a failure on one of several platforms", () => {
  const platforms = ["linux-x86_64", "windows-x86_64", "macos-arm64"] as const;
  async function hintFor(requirement: string, comparesPlatforms: boolean): Promise<string | undefined> {
    const db = fakePackageDB({ a: { "1.0": {} } });
    const context = { ...contextOf(db, recordingReporter(), {}), comparesPlatforms };
    const error = await resolve(briefOf([requirement], { platforms }), context).catch(
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof PosyError);
    return error.hint;
  }
  const leaveOut =
    "loosen `a>=9`, or leave `windows-x86_64` out of `platforms` in `[tool.posy]`: all other platforms have an answer";

  test("has a hint to leave it out if all others have an answer", async () => {
    assert.equal(await hintFor("a>=9; sys_platform == 'win32'", true), leaveOut);
    assert.equal(await hintFor("a>=9; sys_platform == 'win32'", false), "loosen `a>=9`");
  });

  test("has no such hint if another platform fails, too", async () => {
    assert.equal(await hintFor("a>=9; sys_platform != 'darwin'", true), "loosen `a>=9`");
    assert.equal(await hintFor("a>=9; sys_platform != 'linux'", true), "loosen `a>=9`");
  });
});
