import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { errorExcerpt } from "../../../src/builder/diagnose/error-excerpt.ts";

const shown = (output: string) => errorExcerpt(output).join("\n");
const compile = (file: string) => `cc -pthread -DNDEBUG -O3 -fPIC -I/x/include -c ${file} -o build/${file}.o`;

describe("the excerpt of a failed build has", () => {
  test("the errors of the last compilation, without its command line", () => {
    const output = [
      compile("probe.c"),
      "probe.c:1:10: fatal error: other.h: No such file or directory",
      "probe failed, doing without",
      compile("real.c"),
      "In file included from real.c:1:",
      "real.h:7:10: fatal error: mpfr.h: No such file or directory",
      "    7 | #include <mpfr.h>",
      "compilation terminated.",
      "error: command '/usr/bin/cc' failed with exit code 1",
    ].join("\n");
    assert.equal(
      shown(output),
      [
        "In file included from real.c:1:",
        "real.h:7:10: fatal error: mpfr.h: No such file or directory",
        "    7 | #include <mpfr.h>",
        "compilation terminated.",
        "error: command '/usr/bin/cc' failed with exit code 1",
      ].join("\n"),
    );
  });

  test("the first failure of Ninja, not the jobs that were still running", () => {
    const output = [
      "FAILED: a.o",
      compile("a.c"),
      "a.c:3:1: error: unknown type name 'foo'",
      ...Array.from({ length: 30 }, (_, at) => `[${at}/99] compiling ${at}`),
      "ninja: build stopped: subcommand failed.",
    ].join("\n");
    assert.match(shown(output), /^FAILED: a\.o\n/);
    assert.match(shown(output), /unknown type name 'foo'/);
  });

  test("the last frames of a traceback and its exception, without frames of the import system", () => {
    const frames = Array.from({ length: 20 }, (_, at) => [
      `  File "/x/lib/python3.12/site-packages/setuptools/m${at}.py", line ${at}, in f`,
      `    g(${at})`,
      "    ^^^",
    ]).flat();
    const output = [
      "Traceback (most recent call last):",
      ...frames,
      '  File "<frozen importlib._bootstrap>", line 1360, in _find_and_load',
      "ModuleNotFoundError: No module named 'numpy'",
    ].join("\n");
    assert.equal(
      shown(output),
      [
        "Traceback (most recent call last):",
        "  …",
        ...frames
          .filter((line) => !line.includes("^"))
          .slice(-8)
          .map((line) => line.replace("/x/lib/python3.12/site-packages/", "…/")),
        "ModuleNotFoundError: No module named 'numpy'",
      ].join("\n"),
    );
  });

  test("the last of several chained tracebacks, and the errors before them", () => {
    const output = [
      "x.c:1:1: error: expected ';'",
      "Traceback (most recent call last):",
      '  File "a.py", line 1, in a',
      "CompileError: one",
      "",
      "During handling of the above exception, another exception occurred:",
      "",
      "Traceback (most recent call last):",
      '  File "b.py", line 1, in b',
      "LinkError: two",
    ].join("\n");
    assert.equal(
      shown(output),
      [
        "x.c:1:1: error: expected ';'",
        "",
        "Traceback (most recent call last):",
        '  File "b.py", line 1, in b',
        "LinkError: two",
      ].join("\n"),
    );
  });

  test("few lines before a traceback if they are not errors", () => {
    const lines = Array.from({ length: 100 }, (_, at) => `writing file ${at}`);
    const traceback = [
      "Traceback (most recent call last):",
      '  File "<string>", line 9, in f',
      "KeyError: 'x'",
    ];
    assert.deepEqual(errorExcerpt([...lines, ...traceback].join("\n")), [
      ...lines.slice(-5),
      "",
      ...traceback,
    ]);
  });

  test("the last lines if nothing looks like an error", () => {
    const lines = Array.from({ length: 100 }, (_, at) => `line ${at}`);
    assert.deepEqual(errorExcerpt(lines.join("\n")), lines.slice(-25));
  });

  test("a limited number of lines of limited length", () => {
    const output = Array.from({ length: 5000 }, (_, at) => `x.c:${at}:1: error: ${"y".repeat(1000)}`).join(
      "\n",
    );
    const lines = errorExcerpt(output);
    assert.ok(lines.length <= 30, String(lines.length));
    assert.ok(lines.every((line) => line.length <= 241));
  });

  test("only the last state of a progress bar", () => {
    assert.equal(shown("10%\r50%\r100% done\r\n"), "100% done");
  });

  test("no lines for no output", () => {
    assert.deepEqual(errorExcerpt(""), []);
  });
});
