import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { buildBackendNames } from "../../src/project/new/build-backends.ts";
import { newPlace, type Place } from "../support/posy.ts";

/** The public index may fail for a moment (status 69): what is asked of it is asked again. */
async function patiently(place: Place, args: readonly string[], cwd: string, tries = 3): Promise<void> {
  const run = await place.posy(args, { cwd, timeout: 90_000 });
  if (run.status === 69 && tries > 1) {
    await pause(3000);
    return patiently(place, args, cwd, tries - 1);
  }
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
      await patiently(place, ["new", name, "--lib", "--build-backend", backend], place.cwd);
      const cwd = join(place.cwd, name);
      await patiently(place, ["build"], cwd);
      assert.equal(readdirSync(join(cwd, "dist")).filter((file) => /\.(whl|tar\.gz)$/.test(file)).length, 2);
      const code = `import lib_${backend.replaceAll("-", "_")} as lib; assert lib.greeting() == 'Hello, world!'`;
      await patiently(place, ["run", "--no-project", "-e", ".", "--", "python", "-c", code], cwd);
    });
  }
});
