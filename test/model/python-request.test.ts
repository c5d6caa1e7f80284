import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { describeInterpreter } from "../../src/pythons/compatibility/describe-interpreter.ts";
import { matchesPythonRequest, parsePythonRequest } from "../../src/model/python-request.ts";
import { parseVersion } from "../../src/vocab/version/version.ts";

const python = (version: string, freeThreaded = false) =>
  describeInterpreter(parseVersion(version), "linux-x86_64", { freeThreaded });

describe("parsePythonRequest reads a request for a version", () => {
  const cases: [request: string, matches: string[], not: string[]][] = [
    ["3", ["3.9.2", "3.14.3"], ["3.15.0a1"]],
    ["3.12", ["3.12.0", "3.12.13"], ["3.1.2", "3.13.0", "3.120.0"]],
    ["312", ["3.12.4"], ["3.1.2"]],
    ["39", ["3.9.1"], ["3.90.0"]],
    ["3.12.1", ["3.12.1"], ["3.12.10", "3.12.2"]],
    [">=3.10,<3.14", ["3.10.0", "3.13.5"], ["3.14.0", "3.14.0rc1", "3.9.18"]],
    [">=3.10, <3.14", ["3.13.5"], ["3.14.0"]],
    ["~=3.12.1", ["3.12.9"], ["3.13.0"]],
    ["cpython@3.12", ["3.12.0"], ["3.13.0"]],
    ["cpython3.12", ["3.12.0"], ["3.13.0"]],
    ["cpython>=3.12", ["3.13.0"], ["3.11.0"]],
    ["CPython@3.12", ["3.12.0"], ["3.13.0"]],
    ["cp312", ["3.12.0"], ["3.13.0"]],
    ["python@3.12", ["3.12.0"], ["3.13.0"]],
    ["any", ["3.9.0", "3.14.0"], ["3.15.0b1"]],
    ["3.13+gil", ["3.13.5"], []],
    // A pre-release matches only a request that names one.
    ["3.15.0a1", ["3.15.0a1"], ["3.15.0a2", "3.15.0"]],
    [">=3.15.0a1", ["3.15.0a1", "3.15.0rc2", "3.15.0"], ["3.14.9"]],
    ["3.15", ["3.15.0"], ["3.15.0a1"]],
  ];
  for (const [text, matching, others] of cases) {
    test(text, () => {
      const request = parsePythonRequest(text);
      assert.equal(request.text, text.trim());
      for (const version of matching) assert.ok(matchesPythonRequest(request, python(version)), version);
      for (const version of others) assert.ok(!matchesPythonRequest(request, python(version)), version);
    });
  }
});

describe("a request for a free-threaded build", () => {
  for (const text of ["3.13t", "3.13+freethreaded", "cpython@3.13t", ">=3.13t"]) {
    test(text, () => {
      const request = parsePythonRequest(text);
      assert.ok(matchesPythonRequest(request, python("3.13.5", true)));
      assert.ok(!matchesPythonRequest(request, python("3.13.5")));
    });
  }
  test("is the only request that matches one", () => {
    assert.ok(!matchesPythonRequest(parsePythonRequest("3.13"), python("3.13.5", true)));
  });
});

test("a request for PyPy matches PyPy only", () => {
  for (const text of ["pypy", "pypy3.9", "pypy@3.9", "pp39"]) {
    const request = parsePythonRequest(text);
    assert.equal(request.kind, "version", text);
    assert.ok(!matchesPythonRequest(request, python("3.9.18")), text);
    assert.ok(matchesPythonRequest(request, { ...python("3.9.18"), implementation: "pypy" }), text);
  }
});

describe("a request for a Python on this machine", () => {
  const cases: [string, string][] = [
    ["/usr/bin/python3", "path"],
    ["./venv", "path"],
    [".venv", "path"],
    ["C:\\Python\\python.exe", "path"],
    ["~/pythons/3.12", "path"],
    [".", "path"],
    ["python", "name"],
    ["python3", "name"],
    ["python3.11", "name"],
    ["python3.13t", "name"],
    ["pypy3", "name"],
    ["python.exe", "name"],
    ["cpython-3.12.1-manylinux_2_17_x86_64.pybi", "pybi"],
    ["./dist/CPYTHON.PYBI", "pybi"],
  ];
  for (const [text, kind] of cases) test(text, () => assert.equal(parsePythonRequest(text).kind, kind));
});

describe("parsePythonRequest refuses, with a reason", () => {
  for (const text of [
    "",
    "  ",
    "perl",
    "3.x",
    ">=abc",
    "3.12,",
    "3.12.1+local",
    "three",
    "jython@3",
    "3.12 3.13",
  ]) {
    test(JSON.stringify(text), () => {
      assert.throws(
        () => parsePythonRequest(text),
        (error: { code?: string; hint?: string }) =>
          error.code === "usage" && (error.hint ?? "").includes("3.12"),
      );
    });
  }
});
