import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PartialFile } from "../../../src/packages/simple-index/partial-file.ts";

const folder = mkdtempSync(join(tmpdir(), "posy-partial-file-"));
after(() => rmSync(folder, { recursive: true }));
const text = Array.from({ length: 30_000 }, (_, index) => `line ${index}\n`).join("");

test("ranges anywhere in a file are read, however many there are", () => {
  const path = join(folder, "whole");
  writeFileSync(path, text);
  const file = new PartialFile(path);
  assert.equal(file.size, text.length);
  for (let count = 0; count < 200; count++) {
    const from = (count * 7919 * 131) % text.length;
    assert.equal(file.slice(from, from + 50), text.slice(from, from + 50), `range ${count} at ${from}`);
  }
  assert.equal(file.line(29_999)?.text, "line 29999");
});

for (const ranges of [0, 3, 20]) {
  test(`a file that was replaced gives no range after ${ranges} others`, () => {
    const path = join(folder, `replaced-${ranges}`);
    writeFileSync(path, text);
    const file = new PartialFile(path);
    for (let range = 0; range < ranges; range++) file.slice(20_000 + range, 20_010 + range);
    rmSync(path);
    writeFileSync(path, `${text}more\n`);
    assert.equal(file.slice(text.length - 10, text.length), undefined);
  });
}
