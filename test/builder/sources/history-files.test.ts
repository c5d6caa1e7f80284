import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { historyFiles } from "../../../src/builder/sources/history-files.ts";
import { fingerprint } from "../../../src/system/fs/fingerprint.ts";
import { gitEnvironment, newRepository } from "../../support/git-repository.ts";
import { newSourceFixture } from "./source-fixture.ts";

const stateOf = (project: string) => historyFiles(project).map((path) => [path, fingerprint(path)]);

/** Asserts whether something changes the files with the history of a project. */
function assertNoticed(project: string, change: () => unknown, isNoticed = true): void {
  const before = stateOf(project);
  change();
  const after = stateOf(project);
  if (isNoticed) assert.notDeepEqual(after, before);
  else assert.deepEqual(after, before);
}

function gitIn(folder: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync("git", ["-C", folder, ...args], {
    env: gitEnvironment,
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
}

describe("the files with the history of a project change", () => {
  test("with a commit, a tag, a moved tag and a checkout, and not with `git status`", () => {
    using fixture = newSourceFixture();
    const repository = newRepository(join(fixture.root, "app"));
    repository.commit({ "a.txt": "" });
    assertNoticed(repository.path, () => repository.git("status"), false);
    assertNoticed(repository.path, () => repository.git("tag", "v1"));
    assertNoticed(repository.path, () => repository.commit());
    assertNoticed(repository.path, () => repository.git("tag", "--force", "v1"));
    assertNoticed(repository.path, () => repository.git("tag", "release/v2"));
    assertNoticed(repository.path, () => repository.git("tag", "release/v3"));
    assertNoticed(repository.path, () => repository.git("checkout", "--quiet", "-b", "feature/new"));
    assertNoticed(repository.path, () => repository.commit());
    assertNoticed(repository.path, () => repository.git("checkout", "--quiet", "--detach"));
    assertNoticed(repository.path, () => repository.commit());
    assertNoticed(repository.path, () => repository.git("pack-refs", "--all"));
    assertNoticed(repository.path, () => repository.git("tag", "--delete", "v1"));
  });

  test("with a commit if git writes no reflog", () => {
    using fixture = newSourceFixture();
    const repository = newRepository(join(fixture.root, "app"));
    repository.git("config", "core.logAllRefUpdates", "false");
    repository.git("checkout", "--quiet", "-b", "feature/new");
    repository.commit();
    assertNoticed(repository.path, () => repository.commit());
  });

  test("in a folder of a repository", () => {
    using fixture = newSourceFixture();
    const repository = newRepository(join(fixture.root, "all"));
    repository.commit({ "app/a.txt": "" });
    assertNoticed(join(repository.path, "app"), () => repository.commit());
  });

  test("in a linked work tree, where the tags are in the main one", () => {
    using fixture = newSourceFixture();
    const repository = newRepository(join(fixture.root, "app"));
    repository.commit({ "a.txt": "" });
    const linked = join(fixture.root, "linked");
    repository.git("worktree", "add", "--quiet", "-b", "other", linked);
    assertNoticed(linked, () => repository.git("tag", "v1"));
    assertNoticed(linked, () => gitIn(linked, "commit", "--quiet", "--allow-empty", "--message=x"));
    // The branch of the main work tree is not that of the linked one.
    assertNoticed(linked, () => repository.commit(), false);
  });

  test("in a submodule", () => {
    using fixture = newSourceFixture();
    const inner = newRepository(join(fixture.root, "inner"));
    inner.commit({ "a.txt": "" });
    const repository = newRepository(join(fixture.root, "outer"));
    repository.git("-c", "protocol.file.allow=always", "submodule", "add", "--quiet", inner.path, "inner");
    const project = join(repository.path, "inner");
    assertNoticed(project, () => gitIn(project, "tag", "v1"));
    assertNoticed(project, () => gitIn(project, "commit", "--quiet", "--allow-empty", "--message=x"));
  });

  test("when the project becomes a repository", () => {
    using fixture = newSourceFixture();
    const project = join(fixture.root, "app");
    mkdirSync(project);
    assertNoticed(project, () => newRepository(project).commit());
  });

  test("in a repository of Mercurial with an update, a commit and a local tag", () => {
    using fixture = newSourceFixture();
    const project = fixture.folder();
    mkdirSync(join(project, ".hg", "store"), { recursive: true });
    for (const name of ["dirstate", "localtags", "store/00changelog.i"]) {
      assertNoticed(project, () => writeFileSync(join(project, ".hg", name), "x"));
    }
  });

  test("in a repository with the reftable format", () => {
    using fixture = newSourceFixture();
    const project = fixture.folder();
    mkdirSync(join(project, ".git", "reftable"), { recursive: true });
    writeFileSync(join(project, ".git", "HEAD"), "ref: refs/heads/.invalid\n");
    assertNoticed(project, () => writeFileSync(join(project, ".git", "reftable", "tables.list"), "x"));
  });
});
