import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Blueprint } from "../../src/model/blueprint.ts";
import { newRepository } from "../support/git-repository.ts";
import { startGitServer } from "../support/git-server.ts";
import { assertFailed, assertPrinted, newSandbox } from "../support/posy.ts";
import { treeFiles } from "../support/tree-backend.ts";

const python = (code: string) => ["--no-index", "--", "python", "-c", code];
const origin = "import importlib.metadata as m; print(m.distribution('lib').read_text('direct_url.json'))";

test("a repository is built at a commit, which is recorded and needs no network the next time", async () => {
  using sandbox = await newSandbox();
  const root = mkdtempSync(join(tmpdir(), "posy-git-"));
  try {
    const repository = newRepository(join(root, "lib"));
    const tree = (n: number) => treeFiles({ name: "lib", files: { "lib/value.py": `n = ${n}\n` } });
    const first = repository.commit(tree(1));
    repository.git("tag", "v1");
    repository.commit(tree(2));
    await using server = await startGitServer(root);
    const url = `git+${server.url}lib/.git`;
    const value = python("import lib.value; print(lib.value.n)");
    assertPrinted(await sandbox.posy(["run", "--with", url, ...value]), "2\n");
    assertPrinted(await sandbox.posy(["run", "--with", `lib @ ${url}@v1`, ...value]), "1\n");

    const recorded = await sandbox.posy(["run", "--with", `${url}@v1`, ...python(origin)]);
    assert.deepEqual(JSON.parse(recorded.stdout), {
      url: url.slice(4),
      vcs_info: { vcs: "git", requested_revision: "v1", commit_id: first },
    });

    const resolved = await sandbox.posy(["resolve", "--json", "--no-index", `${url}@v1`]);
    const blueprint = JSON.parse(resolved.stdout) as Blueprint;
    assert.equal(blueprint.targets[0]?.packages[0]?.artifact.url, `${url}@${first}`);

    const asked = server.requests.length;
    const offline = ["run", "--offline", "--refresh", "--with", `${url}@${first}`, ...value];
    assertPrinted(await sandbox.posy(offline), "1\n");
    assert.equal(server.requests.length, asked);

    assertFailed(
      await sandbox.posy(["run", "--with", `${url.replace("://", "://me:secret@")}@v2`, ...value]),
      1,
      /has no branch, tag or commit `v2`\n$/,
      /^was `v1` meant\?/,
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
