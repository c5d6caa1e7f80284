import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { usersOfEnvs } from "../../../src/operations/store/users-of-envs.ts";
import { homeAt } from "../../../src/system/fs/home.ts";
import { removeFolder } from "../../support/remove-folder.ts";

test("the users of an Env are the tools and the known projects that link to it", async () => {
  const root = mkdtempSync(join(tmpdir(), "posy-users-"));
  try {
    const home = homeAt(join(root, "data"), join(root, "cache"));
    const link = (folder: string, key: string) => {
      mkdirSync(join(folder, ".posy"), { recursive: true });
      symlinkSync(join(home.envs, key), join(folder, ".posy", "env"));
    };
    const [project, moved] = [join(root, "project"), join(root, "moved")];
    link(join(home.tools, "ruff"), "key-1");
    link(project, "key-2");
    link(join(root, "unknown"), "key-3");
    mkdirSync(home.briefs, { recursive: true });
    const entry = (name: string, folder: string) =>
      writeFileSync(
        join(home.briefs, name.repeat(64)),
        JSON.stringify({ memoVersion: 4, inputs: [[join(folder, ".posy", "env"), "1"]] }),
      );
    entry("a", project);
    entry("b", project);
    entry("c", moved);
    writeFileSync(join(home.briefs, "d".repeat(64)), "{ .posy damaged");
    assert.deepEqual(
      [...(await usersOfEnvs(home))],
      [
        ["key-1", ["tool ruff"]],
        ["key-2", [`project ${project}`]],
      ],
    );
  } finally {
    removeFolder(root);
  }
});
