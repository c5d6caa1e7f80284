import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { manPages } from "../../scripts/reference/man-pages.ts";
import { writeManPages } from "../../scripts/reference/write-man-pages.ts";

const has = (program: string) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
const folder = mkdtempSync(join(tmpdir(), "posy-man-"));
after(() => rmSync(folder, { recursive: true, force: true }));

describe("the manual pages", () => {
  test("describe the program, each command and each subcommand", () => {
    const pages = manPages();
    for (const name of ["posy.1", "posy-run.1", "posy-python-install.1", "posy-cache-clean.1"]) {
      assert.match(pages.get(name) ?? "", /^\.TH POSY.*\n\.SH NAME\nposy.* \\- /);
    }
    assert.match(pages.get("posy-run.1") ?? "", /^\\fB\\-w\\fR, \\fB\\-\\-with\\fR \\fIrequirement\\fR$/m);
    assert.match(pages.get("posy-run.1") ?? "", /^\.SH EXAMPLES\n\.EX\nposy run/m);
    assert.match(pages.get("posy.1") ?? "", /^\\fBrun\\fR\nRun a command/m);
  });

  test("have no mistake that mandoc finds", { skip: !has("mandoc") && "needs mandoc" }, () => {
    writeManPages(folder);
    const names = [...manPages().keys()].map((name) => join(folder, name));
    const { stdout } = spawnSync("mandoc", ["-Tlint", "-Wwarning", ...names], { encoding: "utf8" });
    // They have no date, so that two builds have the same bytes.
    assert.deepEqual(
      stdout.split("\n").filter((line) => line !== "" && !line.includes("missing date")),
      [],
    );
  });

  test("are shown by man without a warning", { skip: !has("man") && "needs man" }, () => {
    writeManPages(folder);
    const env = { ...process.env, LC_ALL: "C.UTF-8", MANWIDTH: "80", MANROFFSEQ: "" };
    for (const name of ["posy.1", "posy-run.1", "posy-add.1"]) {
      const shown = spawnSync("man", ["--warnings", "-l", join(folder, name)], { encoding: "utf8", env });
      assert.deepEqual([shown.status, shown.stderr], [0, ""]);
      assert.match(shown.stdout, /SYNOPSIS/);
    }
    const text = readFileSync(join(folder, "posy-add.1"), "utf8");
    assert.doesNotMatch(text, /^'/m, "a line that roff takes for a request");
  });
});
