import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { buildBackendNames } from "../../src/project/new/build-backends.ts";
import { patiently } from "../support/patiently.ts";
import { newPlace, type Place } from "../support/posy.ts";

async function works(place: Place, args: readonly string[], cwd: string): Promise<void> {
  const run = await patiently(place, args, { cwd });
  assert.equal(run.status, 0, `status ${run.status}\n${run.stdout}${run.stderr}`);
}

describe("a new package of every build backend, by the backends on the public index,", () => {
  let place: Place;
  before(async () => {
    place = await newPlace();
  });
  after(() => place[Symbol.dispose]());

  for (const backend of buildBackendNames) {
    test(`is built, installed and tested: ${backend}`, { timeout: 300_000 }, async () => {
      const name = `lib-${backend}`;
      await works(place, ["new", name, "--lib", "--build-backend", backend], place.cwd);
      const cwd = join(place.cwd, name);
      await works(place, ["build"], cwd);
      assert.equal(readdirSync(join(cwd, "dist")).filter((file) => /\.(whl|tar\.gz)$/.test(file)).length, 2);
      const code = `import lib_${backend.replaceAll("-", "_")} as lib; assert lib.greeting() == 'Hello, world!'`;
      await works(place, ["run", "--no-project", "-e", ".", "--", "python", "-c", code], cwd);
    });
  }
});
