import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { plainPaint } from "../../src/cli/ui/console/paint.ts";
import { renderError } from "../../src/cli/ui/console/render-error.ts";
import { exitStatusOf } from "../../src/errors/codes.ts";
import { PosyError } from "../../src/errors/posy-error.ts";

test("the reference describes every error code with its exit status", () => {
  const sections = readFileSync("docs/reference/errors.md", "utf8").matchAll(
    /^### (\S+) \((\d+)\)\n\n(\S[^\n]{30,})/gm,
  );
  const documented = Object.fromEntries([...sections].map(([, code, status]) => [code, Number(status)]));
  assert.deepEqual(documented, { ...exitStatusOf });
});

const view = { paint: plainPaint, verbose: false };

describe("renderError", () => {
  test("prints the message, the span and the hint", () => {
    const span = { text: "first\nnumpy=>1\nlast", start: 11, end: 14 };
    const error = new PosyError("invalid-requirement", "no requirement", { hint: "write `>=`", span });
    assert.equal(
      renderError(error, view),
      "error: no requirement\n  numpy=>1\n       ^^^\nhint: write `>=`\n",
    );
  });

  test("always prints a hint", () => {
    for (const code of Object.keys(exitStatusOf) as (keyof typeof exitStatusOf)[]) {
      assert.match(renderError(new PosyError(code, "x"), view), /\nhint: \S/);
    }
  });

  test("shows control characters instead of sending them", () => {
    const text = renderError(new PosyError("network", "a\u001b[31mb\u009b1m\nc", { hint: "\u0007d" }), view);
    assert.equal(text, "error: a\\u{1b}[31mb\\u{9b}1m\nc\nhint: \\u{7}d\n");
  });

  test("prints causes only with `-v`", () => {
    const error = new PosyError("network", "no answer", { cause: new Error("the line is dead") });
    assert.doesNotMatch(renderError(error, view), /dead/);
    assert.match(renderError(error, { ...view, verbose: true }), /\n {2}caused by: the line is dead\n/);
  });

  test("reports other errors as bugs, with the stack only with `-v`", () => {
    const error = new TypeError("x is undefined");
    const text = renderError(error, view);
    assert.match(
      text,
      /^error: this is a bug in posy \d+\.\d+\.\d+: x is undefined\nhint: run it again with `-v`/,
    );
    assert.doesNotMatch(text, /errors\.test/);
    assert.match(renderError(error, { ...view, verbose: true }), /errors\.test/);
  });
});
