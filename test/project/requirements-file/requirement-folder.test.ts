import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { requirementFolder } from "../../../src/project/requirements-file/requirement-folder.ts";

const cwd = mkdtempSync(join(tmpdir(), "posy-requirement-folder-"));
const home = join(cwd, "sub");
after(() => rmSync(cwd, { recursive: true, force: true }));
for (const folder of ["both", "sub/both", "sub/inner", "outer"]) {
  mkdirSync(join(cwd, folder), { recursive: true });
}

// pip 23.2 and uv 0.13.9 use the current folder for all of these, and report an error for the last four.
const cases: Record<string, string> = {
  "./both": cwd,
  "./both[x] ; python_version > '3'": cwd,
  "file:both#egg=b": cwd,
  "b @ file:./both": cwd,
  "b[x] @ ./both": cwd,
  "./outer": cwd,
  "./absent": cwd,
  "./inner": home,
  "./inner[x]": home,
  "file:./inner": home,
  "i @ ./inner ; python_version > '3'": home,
};
for (const [requirement, folder] of Object.entries(cases)) {
  test(`requirementFolder resolves \`${requirement}\` from the ${folder === cwd ? "current folder" : "folder of the file"}`, () => {
    assert.equal(requirementFolder(requirement, cwd, home), folder);
  });
}
