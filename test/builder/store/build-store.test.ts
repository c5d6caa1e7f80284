import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, test } from "node:test";
import { entryState } from "../../../src/system/fs/entry-mark.ts";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { pinIdentities } from "../../../src/builder/store/build-store.ts";
import { sha256Of } from "../../../src/system/fs/sha256.ts";
import { type EntryChanges, newStoreFixture, pinOf, type StoreFixture } from "./store-fixture.ts";

const filename = "lib-1.0-py3-none-any.whl";
const one = pinOf("setuptools");
const other = pinOf("wheel", "2.0");
const source = { kind: "sdist", filename: "setuptools-1.0.tar.gz" } as const;

async function keep(
  fixture: StoreFixture,
  changes: EntryChanges = {},
  pins = [one],
  used = pins,
  text = "a wheel",
) {
  return fixture.entry(changes).keepWheel(pins, used, await fixture.built(text), filename);
}

describe("an entry of the BuildStore", () => {
  test("has a short name for its folder, which stays the same from release to release", async () => {
    await using fixture = await newStoreFixture();
    // A changed value means that everything is built again. If that is intended, change `buildVersion`.
    const source = { kind: "pybi", filename: "p", url: "", hashes: { sha256: "0".repeat(64) } } as const;
    const entry = fixture.entry({ python: { source } });
    const { folder, indexFolder } = entry;
    assert.equal(basename(dirname(folder)), "id");
    assert.equal(basename(folder), "1094590df2d57f47079c849a11da9bde");
    assert.match(basename(indexFolder), /^indexes-[0-9a-f]{32}$/);
    assert.match(basename(entry.lock([one])), /^[0-9a-f]{32}\.lock$/);
  });

  const differences: readonly (readonly [string, EntryChanges])[] = [
    ["another source", { identity: "other" }],
    [
      "another Python",
      { python: { source: { kind: "adopted", executable: "/usr/bin/python3", fingerprint: "2" } } },
    ],
    ["another platform", { python: { platform: "linux-aarch64" } }],
    ["a newer C library", { platformTags: ["manylinux_2_40_x86_64"] }],
    ["no known C library", { platformTags: [] }],
    ["settings", { settings: { debug: "1" } }],
    ["no isolation", { isolated: false }],
    ["an editable install", { editable: true }],
  ];
  for (const [title, changes] of differences) {
    test(`is another one with ${title}`, async () => {
      await using fixture = await newStoreFixture();
      assert.notEqual(fixture.entry(changes).folder, fixture.entry().folder);
    });
  }

  test("does not depend on the order of the settings", async () => {
    await using fixture = await newStoreFixture();
    const folders = [
      { a: "1", b: "2", c: "3" },
      { c: "3", b: "2", a: "1" },
      { b: "2", c: "3", a: "1" },
    ].map((settings) => fixture.entry({ settings }).folder);
    assert.equal(new Set(folders).size, 1);
    assert.notEqual(
      fixture.entry({ settings: { a: "2" } }).folder,
      fixture.entry({ settings: { a: "1" } }).folder,
    );
  });
});

describe("metadata", () => {
  test("are kept for each set of indexes", async () => {
    await using fixture = await newStoreFixture();
    assert.equal(await fixture.entry().metadata(), undefined);
    await fixture.entry().keepMetadata("Name: lib\n");
    assert.equal(await fixture.entry().metadata(), "Name: lib\n");
    assert.equal(await fixture.entry({ indexSettingsKey: "two" }).metadata(), undefined);
  });

  test("that can't be read are an error", async () => {
    await using fixture = await newStoreFixture();
    mkdirSync(join(fixture.entry().indexFolder, "METADATA"), { recursive: true });
    await assert.rejects(fixture.entry().metadata());
  });
});

describe("pinned build requirements", () => {
  test("are kept for each policy", async () => {
    await using fixture = await newStoreFixture();
    const entry = fixture.entry();
    assert.equal(await entry.requirements("a policy"), undefined);
    const target = { platform: fixture.python.platform, python: fixture.python, packages: [one, other] };
    await entry.keepRequirements("a policy", target);
    assert.deepEqual(await entry.requirements("a policy"), [one, other]);
    assert.equal(await entry.requirements("another policy"), undefined);
  });

  test("that another version of Posy wrote are made again", async () => {
    await using fixture = await newStoreFixture();
    const entry = fixture.entry();
    const target = { platform: fixture.python.platform, python: fixture.python, packages: [one] };
    await entry.keepRequirements("a policy", target);
    const [name = ""] = readdirSync(entry.indexFolder);
    const path = join(entry.indexFolder, name);
    const text = readFileSync(path, "utf8");
    for (const changed of [
      text.replace('"blueprintVersion": 1', '"blueprintVersion": 9'),
      text.slice(0, 40),
    ]) {
      assert.notEqual(changed, text);
      writeFileSync(path, changed);
      assert.equal(await entry.requirements("a policy"), undefined);
    }
  });
});

describe("a built wheel", () => {
  test("is found by the pins that it was built with, in any order", async () => {
    await using fixture = await newStoreFixture();
    assert.equal(await fixture.entry().wheel([one, other]), undefined);
    const kept = await keep(fixture, {}, [one, other]);
    assert.equal(kept.filename, filename);
    assert.equal(kept.sha256, sha256Of("a wheel"));
    assert.equal(readFileSync(kept.path, "utf8"), "a wheel");
    assert.deepEqual(await fixture.entry().wheel([other, one]), kept);
    assert.equal(await fixture.entry().wheel([one]), undefined);
    assert.equal(await fixture.entry().wheel([one, pinOf("wheel", "2.1")]), undefined);
    const record = JSON.parse(readFileSync(join(dirname(kept.path), "wheel.json"), "utf8")) as {
      packages: readonly unknown[];
    };
    assert.equal(record.packages.length, 2);
  });

  test("is moved, and not copied", async () => {
    await using fixture = await newStoreFixture();
    const built = await fixture.built();
    await fixture.entry().keepWheel([one], [one], built, filename);
    assert.ok(!existsSync(built));
  });

  test("is shared by all indexes if pinned wheels alone made it", async () => {
    await using fixture = await newStoreFixture();
    await keep(fixture);
    assert.ok(await fixture.entry({ indexSettingsKey: "two" }).wheel([one]));
  });

  const unidentified: readonly (readonly [string, Parameters<typeof keep>[3]])[] = [
    ["other packages", [one, other]],
    ["another version", [pinOf("setuptools", "9.0")]],
    ["another file", [pinOf("setuptools", "1.0", { hashes: { sha256: sha256Of("changed") } })]],
  ];
  for (const [title, used] of unidentified) {
    test(`is kept for one set of indexes if its build used ${title} than the pins`, async () => {
      await using fixture = await newStoreFixture();
      const kept = await keep(fixture, {}, [one], used);
      assert.deepEqual(await fixture.entry().wheel([one]), kept);
      assert.equal(await fixture.entry({ indexSettingsKey: "two" }).wheel([one]), undefined);
    });
  }

  test("is kept for one set of indexes if one of its build tools was built, too", async () => {
    await using fixture = await newStoreFixture();
    const pins = [other, pinOf("setuptools", "1.0", source)];
    await keep(fixture, {}, pins);
    assert.ok(await fixture.entry().wheel(pins));
    assert.equal(await fixture.entry({ indexSettingsKey: "two" }).wheel(pins), undefined);
  });

  test("that can't be moved into the store is an error, and nothing is stored", async () => {
    await using fixture = await newStoreFixture();
    const entry = fixture.entry();
    await assert.rejects(entry.keepWheel([one], [one], await fixture.built(), `missing/${filename}`));
    assert.equal(await entry.wheel([one]), undefined);
  });

  test("that is in the store stays, because another process may use it", async () => {
    await using fixture = await newStoreFixture();
    const first = await keep(fixture);
    const second = await keep(fixture, {}, [one], [one], "another build");
    assert.deepEqual(second, first);
    assert.equal(readFileSync(first.path, "utf8"), "a wheel");
  });

  test("replaces one whose description is damaged", async () => {
    await using fixture = await newStoreFixture();
    const first = await keep(fixture);
    writeFileSync(join(dirname(first.path), "wheel.json"), '{"filename":');
    assert.equal(await fixture.entry().wheel([one]), undefined);
    const second = await keep(fixture, {}, [one], [one], "another build");
    assert.equal(readFileSync(second.path, "utf8"), "another build");
  });

  test("is compared with its hash once after the machine was started, and made again if it differs", async () => {
    await using fixture = await newStoreFixture();
    const first = await keep(fixture);
    const mark = join(dirname(first.path), "posy-entry.json");
    const restart = () =>
      writeFileSync(mark, JSON.stringify({ entryVersion: 1, boot: "earlier", published: 1 }));
    restart();
    assert.deepEqual(await fixture.entry().wheel([one]), first);
    assert.equal(entryState(dirname(first.path)), "settled");
    restart();
    writeFileSync(first.path, "");
    assert.equal(await fixture.entry().wheel([one]), undefined);
    const second = await keep(fixture, {}, [one], [one], "another build");
    assert.equal(readFileSync(second.path, "utf8"), "another build");
  });

  test("whose folder cannot be made is an error", async () => {
    await using fixture = await newStoreFixture();
    const entry = fixture.entry();
    mkdirSync(dirname(entry.folder), { recursive: true });
    writeFileSync(entry.folder, "a file");
    await assert.rejects(keep(fixture), (error) => error instanceof PosyError && error.code !== "bug");
  });
});

describe("build tools are identified", () => {
  test("by name, version and hash", () => {
    assert.deepEqual(pinIdentities([other, one]), [
      ["setuptools", "1.0", sha256Of("setuptools 1.0")],
      ["wheel", "2.0", sha256Of("wheel 2.0")],
    ]);
    assert.deepEqual(pinIdentities([one, other]), pinIdentities([other, one]));
  });

  test("by their URL if they have no hash", () => {
    const url = "https://files.example/setuptools-1.0-py3-none-any.whl";
    assert.deepEqual(pinIdentities([pinOf("setuptools", "1.0", { hashes: {} })]), [
      ["setuptools", "1.0", url],
    ]);
  });

  test("by the state of their folder, so that a changed local build tool counts", () => {
    const local = (identity: string) =>
      pinOf("tool", "1.0", { kind: "source", url: "file:///tool", identity } as object);
    assert.deepEqual(pinIdentities([local("state")]), [["tool", "1.0", "state file:///tool"]]);
    assert.notDeepEqual(pinIdentities([local("state")]), pinIdentities([local("changed")]));
  });
});
