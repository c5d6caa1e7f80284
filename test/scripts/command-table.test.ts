import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { allCommands, fullName, shownOptions } from "../../scripts/reference/all-commands.ts";
import { commandTable } from "../../scripts/reference/command-table.ts";
import { platformNames } from "../../src/vocab/tags/index.ts";
import { kindOfOperands, kindOfOption } from "../../scripts/reference/value-kinds.ts";

describe("the table for completions", () => {
  test("in the repository is what the program's own help says", () => {
    assert.equal(readFileSync("src/cli/completion/command-table.json", "utf8"), commandTable());
  });

  test("offers only words for an option that its description names", () => {
    for (const command of allCommands()) {
      for (const option of shownOptions(command)) {
        const kind = kindOfOption(command, option);
        // The names of platforms are the program's own list.
        if (typeof kind === "string" || kind === platformNames) continue;
        for (const word of kind) assert.ok(option.description.includes(word), `${option.flags}: ${word}`);
      }
    }
  });

  test("offers no word as an operand that the command refuses", () => {
    const words = allCommands().filter((command) => typeof kindOfOperands(command) !== "string");
    assert.deepEqual(words.map(fullName), ["posy cache clean", "posy completions"]);
  });
});
