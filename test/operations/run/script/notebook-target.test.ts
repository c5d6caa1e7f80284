import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PosyError } from "../../../../src/errors/posy-error.ts";
import { notebookTarget } from "../../../../src/operations/run/script/notebook-target.ts";
import { newScriptFixture, withBlock } from "./script-fixture.ts";

const notebook = (...cells: readonly unknown[]) => JSON.stringify({ nbformat: 4, cells });
const code = (source: unknown) => ({ cell_type: "code", source });
const block = withBlock('dependencies = ["six"]');

async function targetOf(text: string, execute = false, options = {}) {
  using fixture = newScriptFixture({ "a.ipynb": text });
  const target = await notebookTarget(fixture.path("a.ipynb"), ["x"], { execute }, options);
  return { ...target, path: fixture.path("a.ipynb") };
}

describe("a notebook", () => {
  test("is opened in JupyterLab, which is added to the packages", async () => {
    const { options, command, key, envFiles, path } = await targetOf(notebook(code("print(1)")));
    assert.deepEqual(command, ["jupyter-lab", path, "x"]);
    assert.deepEqual(options, { with: ["jupyterlab"] });
    assert.deepEqual([key, envFiles], [["--with=jupyterlab"], undefined]);
  });

  test("is executed without JupyterLab", async () => {
    const { options, command, key, path } = await targetOf(notebook(), true, { with: ["six"] });
    assert.deepEqual(command, ["jupyter-execute", path, "x"]);
    assert.deepEqual(options, { with: ["six", "nbclient", "ipykernel"] });
    assert.deepEqual(key, ["--with=nbclient", "--with=ipykernel"]);
  });

  for (const [title, source] of [
    ["a text", block],
    ["a list of lines", block.split(/(?<=\n)/)],
  ] as const) {
    test(`has the packages of the block in one of its code cells: ${title}`, async () => {
      const cells = [
        { cell_type: "markdown", source: withBlock("wrong") },
        null,
        code(1),
        code("x"),
        code(source),
      ];
      const { options, key, path } = await targetOf(notebook(...cells));
      assert.deepEqual(options.script, { path, text: block });
      assert.deepEqual(key, [
        "--script",
        path,
        '--script-block=dependencies = ["six"]\n',
        "--with=jupyterlab",
      ]);
    });
  }

  for (const text of ["{", "null", "[]", '{"cells": {}}', '{"worksheets": []}']) {
    test(`is refused if it is not one of format 4: ${text}`, async () => {
      await assert.rejects(
        targetOf(text),
        (error) => error instanceof PosyError && error.code === "usage" && /format 4/.test(error.message),
      );
    });
  }

  test("is an error if it does not exist", async () => {
    using fixture = newScriptFixture();
    await assert.rejects(
      notebookTarget(fixture.path("none.ipynb"), [], { execute: false }, {}),
      (error) => error instanceof PosyError && error.code === "not-found",
    );
  });
});
