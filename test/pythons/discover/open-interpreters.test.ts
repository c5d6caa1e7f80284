import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { openInterpreters } from "../../../src/pythons/discover/open-interpreters.ts";
import { describeInterpreter } from "../../../src/pythons/compatibility/describe-interpreter.ts";
import { parseVersion } from "../../../src/vocab/version/version.ts";
import type { PlatformName } from "../../../src/vocab/tags/platform-name.ts";
import { fakePython, newSandbox } from "../sandbox.ts";

async function versionsOf(
  request: string | undefined,
  known: readonly string[] = [],
  platform: PlatformName = "linux-aarch64",
): Promise<readonly string[]> {
  using sandbox = newSandbox();
  const pythons = await openInterpreters(request, platform, known, sandbox.context());
  return pythons.map(({ version }) => version);
}

describe("openInterpreters", () => {
  test("describes CPython for the platform, and records the request", async () => {
    using sandbox = newSandbox();
    const [python, ...others] = await openInterpreters(
      ">=3.13,<3.14",
      "linux-aarch64",
      [],
      sandbox.context(),
    );
    assert.deepEqual(others, []);
    assert.equal(python?.platform, "linux-aarch64");
    assert.equal(python?.markers.platform_machine, "aarch64");
    assert.equal(python?.markers.python_full_version, python?.version);
    assert.deepEqual(python?.source, { kind: "open", request: ">=3.13,<3.14" });
  });

  test("has one interpreter for each minor version, newest first", async () => {
    const minors = (await versionsOf(">=3.11")).map((version) => version.split(".").slice(0, 2).join("."));
    assert.deepEqual(minors.slice(-3), ["3.13", "3.12", "3.11"]);
    assert.equal(new Set(minors).size, minors.length);
  });

  test("sorts them by version, wherever the versions come from", async () => {
    assert.deepEqual(await versionsOf(">=3.6,<3.10", ["3.7.1", "3.9.2", "3.8.3"]), [
      "3.9.2",
      "3.8.3",
      "3.7.1",
      "3.6.0",
    ]);
  });

  test("assumes a version that the caller knows, then the newest of a source for another platform", async () => {
    assert.deepEqual(await versionsOf("3.13", ["3.13.1", "3.13.9", "3.12.0"]), ["3.13.1"]);
    const [fromCatalogue] = await versionsOf("3.13");
    assert.match(fromCatalogue ?? "", /^3\.13\.[1-9]/);
  });

  test("assumes the version of an installed Python, and else the lowest that is asked for", async () => {
    using sandbox = newSandbox();
    sandbox.program("bin/python3.8", fakePython("3.8.18", join(sandbox.root, "count")));
    const [installed] = await openInterpreters("3.8", "macos-arm64", [], sandbox.context());
    assert.equal(installed?.version, "3.8.18");
    assert.deepEqual(await versionsOf("3.7"), ["3.7.0"]);
    assert.deepEqual(await versionsOf("3.7.9"), ["3.7.9"]);
    assert.deepEqual(await versionsOf(">=3.7.4,<3.8"), ["3.7.4"]);
    assert.deepEqual(await versionsOf("<3.1"), ["3.0.0"]);
    assert.deepEqual(await versionsOf("3.7.30"), ["3.7.30"]);
  });

  test("assumes the newest version of a source, in whatever order that lists them", async () => {
    using sandbox = newSandbox();
    const versions = ["3.13.1", "3.40.2", "3.13.29", "3.13.30", "3.13.9", "3.40.1"];
    const listed = versions.map((version) => describeInterpreter(parseVersion(version), "macos-arm64"));
    const context = sandbox.context({
      standalone: {
        interpreters: async (isAskedFor) => listed.filter(isAskedFor),
        locate: () => assert.fail("nothing is fetched"),
      },
    });
    const versionsFor = async (request: string) =>
      (await openInterpreters(request, "linux-aarch64", [], context)).map(({ version }) => version);
    assert.deepEqual(await versionsFor("3.13"), ["3.13.30"]);
    assert.deepEqual(await versionsFor("<3.14,>=3.13,!=3.13.30"), ["3.13.29"]);
    // The lowest minor versions are counted from the newest version of all.
    const all = await versionsFor(">=3.38");
    assert.deepEqual(all, ["3.40.2", "3.39.0", "3.38.0"]);
  });

  test("describes a build without the global lock if that is asked for", async () => {
    using sandbox = newSandbox();
    const [python] = await openInterpreters("3.13t", "linux-aarch64", [], sandbox.context());
    assert.equal(python?.freeThreaded, true);
    assert.ok(python.wheelTags.includes("cp313-cp313t-PLATFORM"));
  });

  test("has none for a Python that does not exist, for PyPy, and for a program", async () => {
    for (const request of [
      "3.7.31",
      "3.99",
      ">=3.40",
      "3.12.99",
      "pypy3.10",
      "./python",
      "python3.12",
      "x.pybi",
    ]) {
      assert.deepEqual(await versionsOf(request), [], request);
    }
  });
});
