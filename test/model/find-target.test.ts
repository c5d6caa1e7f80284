import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Blueprint } from "../../src/model/blueprint.ts";
import { findTarget } from "../../src/model/find-target.ts";
import { describeInterpreter } from "../../src/pythons/compatibility/describe-interpreter.ts";
import type { Interpreter } from "../../src/model/interpreter.ts";
import type { PlatformName } from "../../src/vocab/tags/platform-name.ts";
import { parseVersion } from "../../src/vocab/version/version.ts";

const described = (version: string, platform: PlatformName = "linux-x86_64") =>
  describeInterpreter(parseVersion(version), platform);
const adopted = (version: string, executable: string): Interpreter => ({
  ...described(version),
  source: { kind: "adopted", executable, fingerprint: "1" },
});

const blueprint: Blueprint = {
  blueprintVersion: 1,
  targets: [
    described("3.12.4"),
    described("3.12.4", "windows-x86_64"),
    described("3.10.8"),
    described("3.13.1", "windows-x86_64"),
    adopted("3.11.7", "/opt/python"),
  ].map((python) => ({ platform: python.platform, python, packages: [] })),
};

async function found(asked: string | undefined, there: readonly Interpreter[] = []) {
  const lookedFor: string[] = [];
  const target = await findTarget(blueprint, "linux-x86_64", asked, (request) => {
    lookedFor.push(request);
    return Promise.resolve(there);
  });
  return { version: target?.python.version, lookedFor };
}

describe("findTarget", () => {
  const rows: readonly [asked: string | undefined, version: string | undefined][] = [
    [undefined, "3.12.4"],
    ["any", "3.12.4"],
    ["3", "3.12.4"],
    ["3.10", "3.10.8"],
    [">=3.10,<3.12", "3.10.8"],
    ["3.11", "3.11.7"],
    ["3.12.1", undefined],
    ["3.13", undefined],
    ["3.12t", undefined],
    ["pypy3.10", undefined],
  ];
  for (const [asked, version] of rows) {
    test(`finds ${version ?? "no target"} for ${asked ?? "no request"}, without looking at the machine`, async () => {
      assert.deepEqual(await found(asked), { version, lookedFor: [] });
    });
  }

  test("finds for a path the target of the Python there, and no other of the same version", async () => {
    const at = (executable: string) => found(executable, [adopted("3.11.7", executable)]);
    assert.deepEqual(await at("/opt/python"), { version: "3.11.7", lookedFor: ["/opt/python"] });
    assert.deepEqual(await at("/usr/bin/python"), { version: undefined, lookedFor: ["/usr/bin/python"] });
    assert.equal((await found("python3.11", [])).version, undefined);
  });
});

describe("findTarget finds a target whose interpreter is open", () => {
  const python: Interpreter = { ...described("3.12.4"), source: { kind: "open", request: ">=3.12" } };
  const targets = [{ platform: "linux-x86_64", python, packages: [] }] as const;
  const isFound = async (request: string, ...there: readonly Interpreter[]) =>
    (await findTarget({ blueprintVersion: 1, targets }, "linux-x86_64", request, () =>
      Promise.resolve(there),
    )) !== undefined;

  test("for a request that another patch version can meet", async () => {
    for (const request of ["3.12", "3.12.4", "3.12.9", ">=3.12.6", "<3.13"])
      assert.ok(await isFound(request), request);
    for (const request of ["3.13", "3.11.9", ">=3.13", "3.12t", "pypy3.12"]) {
      assert.equal(await isFound(request), false, request);
    }
  });

  test("for a program of the same minor version", async () => {
    assert.ok(await isFound("./python", adopted("3.12.9", "/opt/python")));
    assert.equal(await isFound("./python", adopted("3.13.1", "/opt/python")), false);
    assert.equal(await isFound("./python"), false);
  });
});
