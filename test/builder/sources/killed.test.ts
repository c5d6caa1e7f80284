import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { newRepository } from "../../support/git-repository.ts";
import { startGitServer } from "../../support/git-server.ts";
import { newSourceFixture, type SourceFixture } from "./source-fixture.ts";

const moments = 6;

/** Starts a process group, so that git and its children are killed, too, as when a terminal is closed. */
function start(fixture: SourceFixture, url: string): ChildProcess {
  return spawn(process.execPath, [join("test", "support", "pin-child.ts"), fixture.root, url], {
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
}

function assertWhole(folder: string): void {
  for (let part = 0; part < 30; part++) {
    assert.equal(readFileSync(join(folder, `part-${part}.txt`), "utf8"), `${part}\n`.repeat(2000));
  }
  assert.ok(existsSync(join(folder, "vendor", "library", "library.txt")));
}

// On Node the unit tests are bundled, so no script exists that could be started.
describe("a git source is fetched correctly", {
  skip: typeof Bun === "undefined" || process.platform === "win32",
}, () => {
  const prepare = (fixture: SourceFixture): void => {
    const library = newRepository(join(fixture.root, "served", "library"));
    library.commit({ "library.txt": "x\n" });
    const repository = newRepository(join(fixture.root, "served", "project"));
    repository.git("submodule", "--quiet", "add", library.path, "vendor/library");
    repository.git("config", "--file=.gitmodules", "submodule.vendor/library.url", "../../library/.git");
    repository.commit(
      Object.fromEntries(
        Array.from({ length: 30 }, (_, part) => [`part-${part}.txt`, `${part}\n`.repeat(2000)]),
      ),
    );
  };

  test("after a process was killed at any moment", { timeout: 300_000 }, async () => {
    using fixture = newSourceFixture();
    prepare(fixture);
    await using server = await startGitServer(join(fixture.root, "served"));
    const url = `git+${server.url}project/.git@main`;
    const begin = performance.now();
    assertWhole(await fixture.extract(url));
    const duration = performance.now() - begin;
    for (let moment = 0; moment < moments; moment++) {
      rmSync(join(fixture.root, "cache", "git-v1"), { recursive: true, force: true });
      const child = start(fixture, url);
      const ended = once(child, "exit");
      await once(child.stdout ?? child, "data");
      await new Promise((late) => setTimeout(late, (duration * (moment + 0.5)) / moments));
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      await ended;
      assertWhole(await fixture.extract(url));
    }
    // Killed processes left no incomplete files in the store.
    const [key = ""] = readdirSync(join(fixture.root, "cache", "git-v1", "checkouts"));
    assert.equal(readdirSync(join(fixture.root, "cache", "git-v1", "checkouts", key)).length, 1);
  });

  test("by several processes at once", { timeout: 300_000 }, async () => {
    using fixture = newSourceFixture();
    prepare(fixture);
    await using server = await startGitServer(join(fixture.root, "served"));
    const children = [1, 2, 3].map(() => start(fixture, `git+${server.url}project/.git`));
    const ends = children.map(async (child) => {
      const said: Buffer[] = [];
      child.stdout?.on("data", (chunk: Buffer) => said.push(chunk));
      const [status] = (await once(child, "close")) as [number | null];
      assert.equal(status, 0);
      assertWhole(Buffer.concat(said).toString("utf8").trim().split("\n").at(-1) ?? "");
    });
    await Promise.all(ends);
  });
});
