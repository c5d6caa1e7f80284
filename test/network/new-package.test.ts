import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { buildBackendNames } from "../../src/operations/new/build-backends.ts";
import { patiently } from "../support/patiently.ts";
import { newSandbox, type Sandbox } from "../support/posy.ts";

async function works(sandbox: Sandbox, args: readonly string[], cwd: string): Promise<void> {
  const run = await patiently(sandbox, args, { cwd });
  assert.equal(run.status, 0, `status ${run.status}\n${run.stdout}${run.stderr}`);
}

describe("a new package, with a build backend from the public index,", () => {
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await newSandbox();
  });
  after(() => sandbox[Symbol.dispose]());

  for (const backend of buildBackendNames) {
    test(`is built, installed and imported: ${backend}`, { timeout: 300_000 }, async () => {
      const name = `lib-${backend}`;
      await works(sandbox, ["new", name, "--lib", "--build-backend", backend], sandbox.cwd);
      const cwd = join(sandbox.cwd, name);
      // Without `.gitignore`, the sdist still contains no file of the environment, although Hatchling follows links.
      rmSync(join(cwd, ".gitignore"));
      await works(sandbox, ["run", "--", "python", "-c", "pass"], cwd);
      await works(sandbox, ["build"], cwd);
      const made = readdirSync(join(cwd, "dist")).filter((file) => /\.(whl|tar\.gz)$/.test(file));
      assert.equal(made.length, 2);
      const sdist = join(cwd, "dist", made.find((file) => file.endsWith(".gz")) ?? "");
      const members = execFileSync("tar", ["tzf", sdist], { encoding: "utf8" });
      assert.doesNotMatch(members, /\.posy\/env/);
      const code = `import lib_${backend.replaceAll("-", "_")} as lib; assert lib.greeting() == 'Hello, world!'`;
      await works(sandbox, ["run", "--no-project", "-e", ".", "--", "python", "-c", code], cwd);
    });
  }
});
