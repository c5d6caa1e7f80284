import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { readEntryBlueprint, readEnvEntry, writeEnvEntry } from "../../../src/cli/warm-start/env-entry.ts";
import { fingerprint, variableInput } from "../../../src/system/fs/fingerprint.ts";
import { remember } from "../../../src/system/fs/sharing/remembered.ts";
import { newWarmFixture, type WarmFixture } from "./warm-fixture.ts";

const about = {
  commands: ["serve"],
  envFiles: [{ path: "/project/.env", optional: true }],
} as const;

async function write(fixture: WarmFixture, inputs: readonly (readonly [string, string])[] = []) {
  const path = join(fixture.home.briefs, "entry");
  await writeEnvEntry(path, fixture.env, fixture.blueprint, inputs, about, fixture.home);
  return path;
}

describe("a cache entry of `posy run`", () => {
  test("has the Env, the names of commands and the files with variables", async () => {
    using fixture = await newWarmFixture();
    const { key, prefix, python, scripts } = fixture.env;
    const { lastWrite, ...entry } = readEnvEntry(await write(fixture), fixture.home, {}) ?? assert.fail();
    assert.deepEqual(entry, { env: { key, prefix, python, scripts }, ...about });
    assert.ok(lastWrite === undefined || lastWrite <= Date.now());
  });

  test("has the Blueprint, from which a missing Env can be grown again", async () => {
    using fixture = await newWarmFixture();
    const path = await write(fixture);
    rmSync(fixture.env.prefix, { recursive: true });
    assert.equal(readEnvEntry(path, fixture.home, {}), undefined);
    assert.deepEqual(await readEntryBlueprint(path, {}), fixture.blueprint);
  });

  test("is not used if there is none", async () => {
    using fixture = await newWarmFixture();
    const path = join(fixture.home.briefs, "none");
    assert.equal(readEnvEntry(path, fixture.home, {}), undefined);
    assert.equal(await readEntryBlueprint(path, {}), undefined);
  });

  test("is not used if its interpreter is missing, or another program changed its Env", async () => {
    using fixture = await newWarmFixture();
    const path = await write(fixture);
    unlinkSync(fixture.env.python);
    assert.equal(readEnvEntry(path, fixture.home, {}), undefined);
    writeFileSync(fixture.env.python, "");
    assert.notEqual(readEnvEntry(path, fixture.home, {}), undefined);
    unlinkSync(join(fixture.env.prefix, "posy-env.json"));
    assert.equal(readEnvEntry(path, fixture.home, {}), undefined);
  });

  test("is not used if a power cut may have damaged its Env", async () => {
    using fixture = await newWarmFixture();
    const path = await write(fixture);
    const seal = join(fixture.env.prefix, "posy-env.json");
    writeFileSync(seal, readFileSync(seal, "utf8").replace(/"boot":"[^"]*"/, '"boot":"earlier"'));
    assert.equal(readEnvEntry(path, fixture.home, {}), undefined);
  });

  test("may be of an Env in a shared store, and is not used if that is no shared store any more", async () => {
    using fixture = await newWarmFixture();
    using other = await newWarmFixture();
    const path = join(fixture.home.briefs, "entry");
    const home = { ...fixture.home, shared: [other.home] };
    await writeEnvEntry(path, other.env, fixture.blueprint, [], about, home);
    assert.equal(readEnvEntry(path, home, {})?.env.prefix, other.env.prefix);
    // Another shared store before it does not matter.
    using first = await newWarmFixture();
    const several = { ...home, shared: [first.home, other.home] };
    assert.equal(readEnvEntry(path, several, {})?.env.prefix, other.env.prefix);
    assert.equal(readEnvEntry(path, fixture.home, {}), undefined);
    assert.equal(readEnvEntry(path, { ...home, shared: [first.home] }, {}), undefined);
  });

  test("is used after a power cut if this user has verified the Env of another user", async () => {
    using fixture = await newWarmFixture();
    const path = join(fixture.home.briefs, "entry");
    const seal = join(fixture.env.prefix, "posy-env.json");
    const earlier = readFileSync(seal, "utf8").replace(/"boot":"[^"]*"/, '"boot":"earlier"');
    writeFileSync(seal, earlier);
    const writeEntry = () => writeEnvEntry(path, fixture.env, fixture.blueprint, [], about, fixture.home);
    await writeEntry();
    assert.equal(readEnvEntry(path, fixture.home, {}), undefined);
    remember(seal, fixture.home);
    await writeEntry();
    assert.notEqual(readEnvEntry(path, fixture.home, {}), undefined);
    // The Env was made again.
    writeFileSync(seal, `${earlier} `);
    assert.equal(readEnvEntry(path, fixture.home, {}), undefined);
  });

  test("is not used after one of its files or variables has changed", async () => {
    using fixture = await newWarmFixture();
    const file = join(fixture.cwd, "input");
    writeFileSync(file, "1");
    const missing = join(fixture.cwd, "missing");
    const environment = { INPUT: "1" };
    const inputs = [[file, fingerprint(file)], [missing, ""], variableInput("INPUT", environment)] as const;
    const path = await write(fixture, inputs);
    const isUsed = async (variables: NodeJS.ProcessEnv = environment) => {
      const used = readEnvEntry(path, fixture.home, variables) !== undefined;
      assert.equal((await readEntryBlueprint(path, variables)) !== undefined, used);
      return used;
    };
    assert.ok(await isUsed());
    assert.ok(!(await isUsed({ INPUT: "2" })));
    assert.ok(!(await isUsed({})));
    writeFileSync(missing, "");
    assert.ok(!(await isUsed()));
    unlinkSync(missing);
    assert.ok(await isUsed());
    writeFileSync(file, "22");
    assert.ok(!(await isUsed()));
  });

  const damages: readonly (readonly [title: string, change: (text: string) => string])[] = [
    ["is no JSON", (text) => text.slice(0, -5)],
    ["has another version", (text) => text.replace('"memoVersion":4', '"memoVersion":3')],
    ["has no inputs", (text) => text.replace('"inputs":[]', '"inputs":{}')],
    ["has no commands", (text) => text.replace('"commands":["serve"]', '"commands":"serve"')],
    ["has no files with variables", (text) => text.replace(/"envFiles":\[.*?\]/, '"envFiles":1')],
    ["names an Env outside of the store", (text) => text.replace('"key-1.0"', '"../key-1.0"')],
    ["names no Env", (text) => text.replace('"env":"key-1.0",', "")],
    ["names no interpreter", (text) => text.replace(/"python":"[^"]*"/, '"python":1')],
    ["names no folder of programs", (text) => text.replace(/"scripts":"[^"]*"/, '"scripts":1')],
  ];
  for (const [title, change] of damages) {
    test(`is not used if it ${title}`, async () => {
      using fixture = await newWarmFixture();
      const path = await write(fixture);
      const text = readFileSync(path, "utf8");
      assert.notEqual(change(text), text);
      writeFileSync(path, change(text));
      assert.equal(readEnvEntry(path, fixture.home, {}), undefined);
      assert.equal(await readEntryBlueprint(path, {}), undefined);
    });
  }

  test("gives no Blueprint if that is damaged", async () => {
    using fixture = await newWarmFixture();
    const path = await write(fixture);
    for (const text of ["{", '{"blueprintVersion":9}']) {
      writeFileSync(`${path}.blueprint`, text);
      assert.equal(await readEntryBlueprint(path, {}), undefined);
    }
    assert.notEqual(readEnvEntry(path, fixture.home, {}), undefined);
  });

  test("replaces a folder with its name", async () => {
    using fixture = await newWarmFixture();
    for (const name of ["entry", "entry.blueprint"]) {
      mkdirSync(join(fixture.home.briefs, name, "folder"), { recursive: true });
    }
    const path = await write(fixture);
    assert.notEqual(readEnvEntry(path, fixture.home, {}), undefined);
    assert.notEqual(await readEntryBlueprint(path, {}), undefined);
  });

  test("that can't be written is no error, and there is none without its Blueprint", async () => {
    using fixture = await newWarmFixture();
    rmSync(fixture.home.briefs, { recursive: true });
    writeFileSync(fixture.home.briefs, "");
    const path = await write(fixture);
    assert.equal(readEnvEntry(path, fixture.home, {}), undefined);
  });
});
