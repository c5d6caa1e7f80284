import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { newRepository } from "../../support/git-repository.ts";
import { startGitServer } from "../../support/git-server.ts";
import { newSourcePlace, type SourcePlace } from "./a-place.ts";

const moments = 6;

/** In a group of its own: git and what it started go with it, as at the end of a terminal. */
function start(place: SourcePlace, url: string): ChildProcess {
  return spawn(process.execPath, [join("test", "support", "pin-child.ts"), place.root, url], {
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

// The units on Node are bundled: there is no script to start.
describe("several processes", { skip: typeof Bun === "undefined" || process.platform === "win32" }, () => {
  const prepare = (place: SourcePlace): void => {
    const library = newRepository(join(place.root, "served", "library"));
    library.commit({ "library.txt": "x\n" });
    const repository = newRepository(join(place.root, "served", "project"));
    repository.git("submodule", "--quiet", "add", library.path, "vendor/library");
    repository.git("config", "--file=.gitmodules", "submodule.vendor/library.url", "../../library/.git");
    repository.commit(
      Object.fromEntries(
        Array.from({ length: 30 }, (_, part) => [`part-${part}.txt`, `${part}\n`.repeat(2000)]),
      ),
    );
  };

  test("killed at any moment, the next one is right", { timeout: 300_000 }, async () => {
    using place = newSourcePlace();
    prepare(place);
    await using server = await startGitServer(join(place.root, "served"));
    const url = `git+${server.url}project/.git@main`;
    const begin = performance.now();
    assertWhole(await place.layOut(url));
    const duration = performance.now() - begin;
    for (let moment = 0; moment < moments; moment++) {
      rmSync(join(place.root, "cache", "git-v1"), { recursive: true, force: true });
      const child = start(place, url);
      const ended = once(child, "exit");
      await once(child.stdout ?? child, "data");
      await new Promise((late) => setTimeout(late, (duration * (moment + 0.5)) / moments));
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      await ended;
      assertWhole(await place.layOut(url));
    }
    // What was killed left nothing among what counts.
    const [key = ""] = readdirSync(join(place.root, "cache", "git-v1", "checkouts"));
    assert.equal(readdirSync(join(place.root, "cache", "git-v1", "checkouts", key)).length, 1);
  });

  test("at once, all are right", { timeout: 300_000 }, async () => {
    using place = newSourcePlace();
    prepare(place);
    await using server = await startGitServer(join(place.root, "served"));
    const children = [1, 2, 3].map(() => start(place, `git+${server.url}project/.git`));
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
