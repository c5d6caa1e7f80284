import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { commandTable } from "../../../src/cli/completion/command-table.ts";
import { type Asked, readWords } from "../../../src/cli/completion/read-words.ts";

/** What is completed at the end of the line: its last word is the one at the cursor. */
const lines: readonly (readonly [line: string, asked: Partial<Asked>])[] = [
  ["", { command: "", commands: true, options: false, kind: "none" }],
  ["-", { command: "", commands: false, options: true }],
  ["-v ca", { command: "", commands: true }],
  ["python ", { command: "python", commands: true }],
  ["-C x python -v in", { command: "python", commands: true }],
  ["python install ", { command: "python install", commands: false, kind: "python" }],
  ["python install 3.12 ", { operands: ["3.12"], kind: "python" }],
  ["add ", { command: "add", kind: "package", options: false }],
  ["add --dev --gr", { command: "add", options: true }],
  ["add --group ", { kind: "group", options: false, before: "" }],
  ["add --group=d", { kind: "group", before: "--group=", prefix: "d" }],
  ["add --group dev ", { kind: "package" }],
  ["add --group=dev ", { kind: "package" }],
  ["add -- -", { kind: "package", options: false }],
  ["run ", { command: "run", kind: "program", commands: false }],
  ["run -p", { options: true }],
  ["run -p ", { kind: "python" }],
  ["run -vp ", { kind: "python" }],
  ["run -p3.", { kind: "python", before: "-p", prefix: "3." }],
  ["run -p3.13 ", { kind: "program" }],
  ["run --with a -- ", { kind: "program" }],
  ["run --with a black -", { kind: "files", options: false }],
  ["run -m ", { kind: "files" }],
  ["run -m pytest --", { kind: "files", options: false }],
  ["check -", { kind: "files", options: false, commands: false }],
  [
    "tree --platform ",
    { kind: commandTable.options.find(({ names }) => names[0] === "--platform")?.value ?? "none" },
  ],
  ["help ", { command: "help", commands: true, operands: [] }],
  ["help python ", { command: "help", commands: true, operands: ["python"] }],
  ["cache dir ", { command: "cache dir", commands: false, kind: "none" }],
  ["cache dir --nosuch=x", { kind: "none", options: false }],
];

describe("readWords", () => {
  for (const [line, expected] of lines) {
    test(`reads posy ${line}`, () => {
      const words = line.split(" ");
      const asked = readWords(words.slice(0, -1), words.at(-1) ?? "", commandTable);
      for (const [key, value] of Object.entries(expected)) {
        assert.deepEqual(asked[key as keyof Asked], value, `${key} of ${JSON.stringify(asked)}`);
      }
    });
  }
});
