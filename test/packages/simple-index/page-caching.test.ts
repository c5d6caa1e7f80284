import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type IndexOptions, type Reply, startIndex } from "../../support/index-server.ts";
import { fingerprint } from "../../../src/system/fs/fingerprint.ts";
import { makeWheel } from "../../support/make-wheel.ts";
import { failure, name, newDatabase } from "../support/new-database.ts";

const foo = makeWheel({ name: "foo" });
const page = "/simple/foo/";

/**
 * How often three databases over one home ask the index (`asked`), and how often it answers 304
 * (`unchanged`).
 */
const rules: { title: string; options: IndexOptions; reply?: Reply; asked: number; unchanged: number }[] = [
  {
    title: "uses a page with max-age without asking",
    options: { cacheControl: "max-age=600" },
    asked: 1,
    unchanged: 0,
  },
  {
    title: "uses a page with max-age and public, as the public index sends, without asking",
    options: { cacheControl: "max-age=600, public" },
    asked: 1,
    unchanged: 0,
  },
  {
    title: "uses a private page without asking",
    options: { cacheControl: "private, max-age=600" },
    asked: 1,
    unchanged: 0,
  },
  {
    title: "revalidates a page with max-age=0 and an ETag",
    options: { cacheControl: "max-age=0" },
    asked: 3,
    unchanged: 2,
  },
  {
    title: "revalidates a page with no-cache and an ETag",
    options: { cacheControl: "no-cache" },
    asked: 3,
    unchanged: 2,
  },
  {
    title: "uses a page with only an ETag for ten minutes",
    options: { cacheControl: "" },
    asked: 1,
    unchanged: 0,
  },
  {
    title: "uses a page without caching headers for ten minutes",
    options: { etag: false },
    asked: 1,
    unchanged: 0,
  },
  {
    title: "does not cache a page with no-store",
    options: { cacheControl: "no-store" },
    asked: 3,
    unchanged: 0,
  },
  {
    title: "asks again for a page with Vary: *",
    options: { etag: false },
    reply: { headers: { vary: "*" } },
    asked: 3,
    unchanged: 0,
  },
  {
    title: "asks again for a page with Expires in the past",
    options: { etag: false },
    reply: { headers: { expires: "0" } },
    asked: 3,
    unchanged: 0,
  },
  {
    title: "uses a page with an old Last-Modified for ten minutes",
    options: { etag: false },
    reply: { headers: { "last-modified": "Mon, 01 Jan 2001 00:00:00 GMT" } },
    asked: 1,
    unchanged: 0,
  },
];

for (const { title, options, reply, asked, unchanged } of rules) {
  test(title, async () => {
    await using index = await startIndex({ files: [foo], ...options });
    if (reply) index.always(page, reply);
    const first = newDatabase([index.url]);
    assert.equal((await first.db.project(name("foo"))).releases.length, 1);
    for (let round = 0; round < 2; round += 1) {
      const { db } = newDatabase([index.url], {}, { folder: first.folder });
      assert.equal((await db.project(name("foo"))).releases[0]?.artifacts[0]?.hashes["sha256"], foo.sha256);
    }
    assert.equal(index.count(page), asked);
    const conditional = index.requests.filter(({ headers }) => headers["if-none-match"] !== undefined);
    assert.equal(conditional.length, unchanged);
  });

  test(`${title}, and ${asked === 1 ? "reports when it expires" : "reports that it must be asked for again"}`, async () => {
    await using index = await startIndex({ files: [foo], ...options });
    if (reply) index.always(page, reply);
    const { folder } = newDatabase([]);
    for (let round = 0; round < 2; round += 1) {
      const { db, reporter } = newDatabase([index.url], {}, { folder });
      await db.project(name("foo"));
      const [input, ...more] = reporter.cacheInputs;
      assert.ok(input);
      assert.deepEqual(more, []);
      assert.equal(input.freshUntil > Date.now() + 500_000, asked === 1);
      assert.ok(input.freshUntil < Date.now() + 700_000);
      if (input.file) assert.equal(fingerprint(input.file[0]), input.file[1]);
      else assert.match(title, /no-store/);
    }
  });
}

test("notices a changed page when it revalidates", async () => {
  await using index = await startIndex({ files: [foo] });
  const { db, folder } = newDatabase([index.url]);
  await db.project(name("foo"));
  index.add(makeWheel({ name: "foo", version: "2.0" }));
  const again = newDatabase([index.url], {}, { folder }).db;
  assert.equal((await again.project(name("foo"))).releases.length, 2);
});

test("asks without a condition after a cached 404, so that a new project is found", async () => {
  await using index = await startIndex();
  // A careless server derives the validator from the project's name alone.
  const etag = '"bar"';
  index.script("/simple/bar/", { status: 404, headers: { "cache-control": "max-age=0", etag } });
  const { db, folder } = newDatabase([index.url]);
  assert.equal((await db.project(name("bar"))).releases.length, 0);
  index.add(makeWheel({ name: "bar" }));
  const again = newDatabase([index.url], {}, { folder }).db;
  assert.equal((await again.project(name("bar"))).releases.length, 1);
  const [, second] = index.requests.filter(({ path }) => path === "/simple/bar/");
  assert.equal(second?.headers["if-none-match"], undefined);
  assert.equal(second?.headers["if-modified-since"], undefined);
});

test("takes a 304 without a condition for an error, not for a cached 404", async () => {
  await using index = await startIndex();
  index.script("/simple/bar/", { status: 404, headers: { "cache-control": "max-age=0" } }, { status: 304 });
  const { db, folder } = newDatabase([index.url]);
  assert.equal((await db.project(name("bar"))).found, false);
  const again = newDatabase([index.url], {}, { folder }).db;
  await assert.rejects(again.project(name("bar")), failure("http-status", /304/));
});

test("asks again for a page with a date in the future, unless it is offline", async () => {
  await using index = await startIndex({ files: [foo], cacheControl: "max-age=600" });
  const { db, home, folder } = newDatabase([index.url]);
  await db.project(name("foo"));
  await db.close();
  // The clock was a year fast, and was set back.
  const [path = ""] = readdirSync(home.http, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".page"),
  );
  const year = 365 * 86_400_000;
  const text = readFileSync(join(home.http, path), "latin1");
  const changed = text.replace(
    /"(confirmed|freshUntil)":(\d+)/g,
    (_, key, time) => `"${key}":${+time + year}`,
  );
  assert.notEqual(changed, text);
  writeFileSync(join(home.http, path), changed, "latin1");
  const releases = async (offline: boolean) =>
    (await newDatabase([index.url], { offline }, { folder }).db.project(name("foo"))).releases.length;
  index.add(makeWheel({ name: "foo", version: "2.0" }));
  assert.equal(await releases(true), 1);
  assert.equal(await releases(false), 2);
  assert.equal(await releases(false), 2);
  assert.equal(index.count(page), 2);
});

describe("--refresh", () => {
  test("asks for fresh pages of all or of some packages", async () => {
    await using index = await startIndex({
      files: [foo, makeWheel({ name: "bar" })],
      cacheControl: "max-age=600",
    });
    const { db, folder } = newDatabase([index.url]);
    await Promise.all([db.project(name("foo")), db.project(name("bar"))]);
    index.add(makeWheel({ name: "foo", version: "2.0" }), makeWheel({ name: "bar", version: "2.0" }));
    const releases = async (refresh: boolean | Set<ReturnType<typeof name>>) => {
      const again = newDatabase([index.url], { refresh }, { folder }).db;
      const projects = await Promise.all([again.project(name("foo")), again.project(name("bar"))]);
      return projects.map((project) => project.releases.length);
    };
    assert.deepEqual(await releases(false), [1, 1]);
    assert.deepEqual(await releases(new Set([name("bar")])), [1, 2]);
    assert.deepEqual(await releases(true), [2, 2]);
    assert.ok(index.requests.some(({ headers }) => headers["cache-control"] === "no-cache"));
  });
});

describe("--offline", () => {
  test("uses pages and unknown names of any age, and reports what is not cached", async () => {
    await using index = await startIndex({ files: [foo], cacheControl: "max-age=0" });
    const { db, folder } = newDatabase([index.url]);
    await db.project(name("foo"));
    await db.project(name("bar"));
    const asked = index.requests.length;
    const offline = newDatabase([index.url], { offline: true }, { folder }).db;
    const project = await offline.project(name("foo"));
    assert.equal(project.releases.length, 1);
    assert.equal((await offline.project(name("bar"))).found, false);
    await assert.rejects(offline.project(name("baz")), failure("offline", /baz.*\n.*--offline/));
    const [artifact] = project.releases[0]?.artifacts ?? [];
    assert.ok(artifact);
    await assert.rejects(offline.fetch(artifact), failure("offline", /foo-1.0/));
    assert.equal(index.requests.length, asked);
  });
});

test("asks for an unknown name each time, unless the index says how long to cache that", async () => {
  await using index = await startIndex();
  const { db, folder } = newDatabase([index.url]);
  assert.equal((await db.project(name("foo"))).found, false);
  index.add(foo);
  assert.equal((await newDatabase([index.url], {}, { folder }).db.project(name("foo"))).found, true);

  index.always("/simple/bar/", { status: 404, headers: { "cache-control": "max-age=600" } });
  for (let round = 0; round < 2; round += 1) {
    assert.equal((await newDatabase([index.url], {}, { folder }).db.project(name("bar"))).found, false);
  }
  assert.equal(index.count("/simple/bar/"), 1);
});

test("reads compressed pages", async () => {
  await using index = await startIndex({ files: [foo], gzip: true });
  const { db } = newDatabase([index.url]);
  assert.equal((await db.project(name("foo"))).releases.length, 1);
  assert.match(index.requests[0]?.headers["accept-encoding"] ?? "", /gzip/);
});

test("works if the cache is removed while it is in use", async () => {
  await using index = await startIndex({ files: [foo, makeWheel({ name: "bar" })] });
  const { db, folder } = newDatabase([index.url]);
  await db.project(name("foo"));
  await rm(folder, { recursive: true });
  assert.equal((await db.project(name("bar"))).releases.length, 1);
});
