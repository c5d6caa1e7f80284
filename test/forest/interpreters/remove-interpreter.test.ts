import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { Interpreter } from "../../../src/model/interpreter.ts";
import { temporaryPath } from "../../../src/system/fs/temporary/temporary-path.ts";
import { settle } from "../../../src/system/fs/entry-mark.ts";
import { fakeForest, fakePython, targetOf } from "../../support/fake-forest.ts";

const sha256 = "a".repeat(64);

/** An interpreter with an archive. The fake forest makes its files. */
async function fetched(root: string): Promise<Interpreter> {
  const source = {
    kind: "pybi",
    url: "https://index.example/x.pybi",
    filename: "x.pybi",
    hashes: { sha256 },
  } as const;
  return fakePython(join(root, "system"), { source });
}

describe("an interpreter in the store", () => {
  test("is removed without removing others, and the result names the Envs that used it", async () => {
    await using fake = await fakeForest();
    const python = await fetched(fake.root);
    const env = await fake.forest.grow(targetOf([], python));
    const other = await fake.grow([]);
    assert.deepEqual(await fake.forest.removeInterpreter(sha256), { envs: [env.key] });
    assert.deepEqual(readdirSync(fake.home.pythons), []);
    assert.deepEqual(readdirSync(fake.home.dataTmp), []);
    assert.equal(await fake.forest.find(env.key), undefined);
    assert.equal((await fake.forest.find(other.key))?.key, other.key);
    const again = await fake.forest.grow(targetOf([], python));
    assert.equal(again.key, env.key);
    assert.ok(existsSync(again.python));
  });

  test("is reported as undefined if it does not exist", async () => {
    await using fake = await fakeForest();
    assert.equal(await fake.forest.removeInterpreter(sha256), undefined);
  });

  test("is only removed by a hash, never by a path", async () => {
    await using fake = await fakeForest();
    mkdirSync(join(fake.home.pythons, "other"), { recursive: true });
    for (const name of ["other", "..", ".", "../envs-v1", ""])
      assert.equal(await fake.forest.removeInterpreter(name), undefined);
    assert.ok(existsSync(join(fake.home.pythons, "other")));
  });

  test("is installed after the temporary folders of killed processes were removed", async () => {
    await using fake = await fakeForest();
    const left = temporaryPath(fake.home.dataTmp, "build").replace(`-${process.pid}-`, "-999999999-");
    mkdirSync(left, { recursive: true });
    await fake.forest.interpreter(await fetched(fake.root));
    assert.ok(!existsSync(left));
  });

  test("is installed again on request", async () => {
    await using fake = await fakeForest();
    const python = await fetched(fake.root);
    const { root, executable } = await fake.forest.interpreter(python);
    writeFileSync(join(root, "left-over"), "");
    await fake.forest.interpreter(python);
    assert.ok(existsSync(join(root, "left-over")));
    assert.deepEqual(await fake.forest.interpreter(python, { again: true }), { root, executable });
    assert.ok(!existsSync(join(root, "left-over")));
    assert.ok(existsSync(executable));
  });

  test("is installed again after the machine was started, unless it was settled", async () => {
    await using fake = await fakeForest();
    const python = await fetched(fake.root);
    const { root, executable } = await fake.forest.interpreter(python);
    const mark = join(root, "posy-entry.json");
    const restart = () =>
      writeFileSync(mark, JSON.stringify({ entryVersion: 1, boot: "earlier", published: 1 }));
    restart();
    settle(root);
    writeFileSync(join(root, "left-over"), "");
    await fake.forest.interpreter(python);
    assert.ok(existsSync(join(root, "left-over")));
    restart();
    writeFileSync(executable, "");
    await fake.forest.interpreter(python);
    assert.ok(!existsSync(join(root, "left-over")));
    assert.notEqual(statSync(executable).size, 0);
  });
});
