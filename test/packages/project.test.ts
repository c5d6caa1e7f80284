import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, test } from "node:test";
import { type MarkerEnvironment, markerVariables } from "../../src/vocab/requirement/marker-environment.ts";
import { parseMarker } from "../../src/vocab/requirement/parse-marker.ts";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { failure, name, newDatabase, newFolder, onlyWheel } from "./support/new-database.ts";

const one = makeWheel({ name: "foo", version: "1.0" });
const two = makeWheel({ name: "foo", version: "2.0" });
const sdist = { filename: "foo-1.0.0.tar.gz", bytes: new Uint8Array([1, 2, 3]) };

for (const formats of [["html"], ["json"]] as const) {
  test(`lists a project from ${formats.join()} with the newest version first and equal versions joined`, async () => {
    await using index = await startIndex({ files: [one, two, sdist], formats });
    const { db } = newDatabase([index.url]);
    const project = await db.project(name("Foo"));
    assert.equal(project.found, true);
    assert.deepEqual(
      project.releases.map((release) => release.artifacts.map((file) => file.filename)),
      [[two.filename], [one.filename, sdist.filename]],
    );
    assert.deepEqual(project.lookedIn, [index.url]);
    const [wheel] = project.releases[0]?.artifacts ?? [];
    assert.equal(wheel?.url, index.fileUrl(two.filename));
    assert.equal(wheel?.index, index.url);
    assert.equal(wheel?.hashes["sha256"], two.sha256);
  });
}

test("returns no releases for a name that no index has", async () => {
  await using index = await startIndex();
  const { db } = newDatabase([index.url]);
  const project = await db.project(name("nobody"));
  assert.deepEqual([project.found, project.releases, project.lookedIn], [false, [], [index.url]]);
});

test("lists a file whose hash is malformed, and rejects it when it is needed", async () => {
  await using index = await startIndex({ files: [one] });
  const page = (fragment: string) => `<a href="/files/${one.filename}#${fragment}">${one.filename}</a>`;
  for (const [fragment, refused] of [
    ["", undefined],
    ["egg=foo", undefined],
    [
      "sha256=00",
      /sha256 hash that `http:.*` gives of `foo-.*` is malformed: it must have 64 hexadecimal digits/,
    ],
    ["md5=zz", /md5 hash/],
  ] as const) {
    index.script("/simple/foo/", { headers: { "content-type": "text/html" }, body: page(fragment) });
    const { db } = newDatabase([index.url]);
    const wheel = await onlyWheel(db, "foo");
    if (refused === undefined) {
      assert.equal((await db.metadata(wheel)).name, "foo");
      continue;
    }
    await assert.rejects(db.metadata(wheel), failure("invalid-hash", refused));
    await assert.rejects(db.fetch(wheel), failure("invalid-hash"));
  }
});

test("makes one request for many simultaneous lookups", async () => {
  await using index = await startIndex({ files: [one] });
  const { db } = newDatabase([index.url]);
  db.prefetch(name("foo"));
  await Promise.all(Array.from({ length: 20 }, () => db.project(name("foo"))));
  assert.equal(index.count("*"), 1);
});

test("reports a failed prefetch to the call that needs the project", async () => {
  await using index = await startIndex({ files: [one] });
  index.script("/simple/foo/", { status: 403 });
  const { db } = newDatabase([index.url]);
  db.prefetch(name("foo"));
  await assert.rejects(db.project(name("foo")), failure("authentication"));
  assert.equal((await db.project(name("foo"))).found, true);
});

describe("several indexes", () => {
  const evil = makeWheel({ name: "foo", version: "99.0", files: { "evil.py": "" } });

  test("use only the first index that has the name", async () => {
    await using own = await startIndex({ files: [one] });
    await using open = await startIndex({ files: [evil] });
    const { db } = newDatabase([own.url, open.url]);
    const project = await db.project(name("foo"));
    assert.deepEqual(
      project.releases.map((release) => release.version.text),
      ["1.0"],
    );
    // The second index is not even asked: it must not learn the names of private packages.
    assert.equal(open.requests.length, 0);
  });

  test("ask the next index if the first does not have the name", async () => {
    await using own = await startIndex({ files: [one] });
    await using open = await startIndex({ files: [makeWheel({ name: "bar" })] });
    const { db } = newDatabase([own.url, open.url]);
    const project = await db.project(name("bar"));
    assert.equal(project.releases[0]?.artifacts[0]?.index, open.url);
    assert.deepEqual(project.lookedIn, [own.url, open.url]);
  });

  test("do not continue after an index that refuses access or fails", async () => {
    await using open = await startIndex({ files: [evil] });
    for (const [status, code] of [
      [401, "authentication"],
      [403, "authentication"],
      [500, "http-status"],
    ] as const) {
      await using own = await startIndex({ files: [one] });
      own.always("*", { status });
      const { db } = newDatabase([own.url, open.url], { retries: 0 });
      await assert.rejects(db.project(name("foo")), failure(code, new RegExp(`${own.origin}.*${status}`)));
    }
    assert.equal(open.requests.length, 0);
  });

  test("are merged with a warning, and the first index wins if both have a file", async () => {
    const other = { ...makeWheel({ name: "foo", files: { "other.py": "" } }), filename: one.filename };
    await using own = await startIndex({ files: [one] });
    await using open = await startIndex({ files: [evil, other] });
    const { db, reporter } = newDatabase([own.url, open.url], { strategy: "merge" });
    const project = await db.project(name("foo"));
    assert.deepEqual(
      project.releases.map((release) => release.artifacts.map((file) => [file.filename, file.index])),
      [[[evil.filename, open.url]], [[one.filename, own.url]]],
    );
    assert.match(reporter.warnings().join(), /`foo` is in .* and in .* merged/);
  });

  test("are not searched if they are explicit", async () => {
    await using own = await startIndex({ files: [one] });
    await using hidden = await startIndex({ files: [evil] });
    const indexes = [{ url: hidden.url, explicit: true }, { url: own.url }];
    const { db } = newDatabase([], { indexes });
    assert.equal((await db.project(name("foo"))).releases.length, 1);
    assert.equal(hidden.requests.length, 0);
  });
});

describe("folders", () => {
  test("serve as a flat index, by path and by URL", async () => {
    const folder = newFolder();
    for (const { filename, bytes } of [one, two, sdist]) await writeFile(join(folder, filename), bytes);
    await writeFile(join(folder, "foo_bar-1.0-py3-none-any.whl"), "");
    await writeFile(join(folder, "foo-bar-1.0.tar.gz"), "");
    await writeFile(join(folder, "readme.txt"), "");
    for (const location of [folder, pathToFileURL(folder).href]) {
      const { db } = newDatabase([location]);
      const project = await db.project(name("foo"));
      assert.deepEqual(
        project.releases.map((release) => release.artifacts.length),
        [1, 2],
      );
      assert.equal((await db.project(name("foo-bar"))).releases[0]?.artifacts.length, 2);
      assert.equal((await db.project(name("bar"))).found, false);
      const wheel = await onlyWheel(db, "foo");
      const kept = await db.fetch(wheel);
      assert.deepEqual([kept.path, kept.sha256], [join(folder, two.filename), two.sha256]);
      assert.equal((await db.metadata(wheel)).version.text, "2.0");
    }
  });

  test("serve as a tree of pages or of files", async () => {
    const root = newFolder();
    await mkdir(join(root, "Foo"));
    await mkdir(join(root, "bar"));
    await writeFile(join(root, "Foo", one.filename), one.bytes);
    await writeFile(
      join(root, "bar", "index.html"),
      `<a href="../Foo/foo-1.0-py3-none-any.whl">x</a><a href="bar-3.zip">x</a>`,
    );
    const { db } = newDatabase([root]);
    assert.equal((await db.project(name("foo"))).releases[0]?.artifacts[0]?.filename, one.filename);
    const bar = await db.project(name("bar"));
    assert.deepEqual(
      bar.releases.map((release) => release.artifacts[0]?.url),
      [pathToFileURL(join(root, "bar", "bar-3.zip")).href],
    );
    assert.deepEqual(bar.setAside, [{ reason: "files of another project", count: 1 }]);
  });

  test("fail if a missing folder is an index, and warn if it is in find-links", async () => {
    const folder = newFolder();
    await assert.rejects(
      newDatabase([join(folder, "no")]).db.project(name("foo")),
      failure("not-found", /no`/),
    );
    await using index = await startIndex({ files: [one] });
    const findLinks = [join(folder, "no"), `${index.origin}/no.html`];
    const { db, reporter } = newDatabase([index.url], { findLinks });
    assert.equal((await db.project(name("foo"))).found, true);
    assert.equal((await db.project(name("bar"))).found, false);
    assert.equal(reporter.warnings().length, 2);
    assert.match(reporter.warnings()[0] ?? "", /there is nothing at `.*no`/);
  });

  test("work as find-links of every kind, with and without an index", async () => {
    const folder = newFolder();
    await writeFile(join(folder, one.filename), one.bytes);
    const page = join(newFolder(), "links.html");
    await writeFile(page, `<a href="foo-3.0-py3-none-any.whl">3</a><a href="bar-1.0-py3-none-any.whl">1</a>`);
    await using index = await startIndex({ files: [two] });
    const remote = `<a href="/files/foo-4.0-py3-none-any.whl">4</a>`;
    index.always("/links", { status: 200, body: remote, headers: { "content-type": "text/html" } });
    const findLinks = [folder, page, `${index.origin}/links`, index.fileUrl("foo-5.0-py3-none-any.whl")];
    const versions = async (noIndex: boolean) => {
      const { db } = newDatabase([index.url], { findLinks, noIndex });
      return (await db.project(name("foo"))).releases.map((release) => release.version.text);
    };
    assert.deepEqual(await versions(true), ["5.0", "4.0", "3.0", "1.0"]);
    assert.equal(index.count("/simple/*"), 0);
    assert.deepEqual(await versions(false), ["5.0", "4.0", "3.0", "2.0", "1.0"]);
  });
});

describe("--exclude-newer", () => {
  const excludeNewer = new Date("2024-01-01T00:00:00Z");

  test("ignores later files and counts them", async () => {
    await using index = await startIndex({
      files: [
        { ...one, uploadTime: "2023-12-31T23:59:59Z" },
        { ...two, uploadTime: "2024-01-01T00:00:00Z" },
      ],
    });
    const { db } = newDatabase([index.url], { excludeNewer });
    const project = await db.project(name("foo"));
    assert.deepEqual(
      project.releases.map((release) => release.version.text),
      ["1.0"],
    );
    assert.deepEqual(project.setAside, [
      { reason: "files uploaded at or after 2024-01-01T00:00:00.000Z", count: 1 },
    ]);
  });

  test("ignores files without an upload time with a warning, but not local files", async () => {
    await using index = await startIndex({ files: [one, { ...two, uploadTime: "last week" }] });
    const folder = newFolder();
    await writeFile(join(folder, "foo-0.1-py3-none-any.whl"), "");
    const { db, reporter } = newDatabase([index.url], { excludeNewer, findLinks: [folder] });
    const project = await db.project(name("foo"));
    assert.deepEqual(
      project.releases.map((release) => release.version.text),
      ["0.1"],
    );
    assert.equal(project.setAside[0]?.count, 2);
    assert.match(reporter.warnings().join(), /doesn't say when files were uploaded/);
  });
});

test("warns about a project with a status (PEP 792)", async () => {
  await using index = await startIndex();
  const body = JSON.stringify({
    meta: { "api-version": "1.4" },
    files: [],
    "project-status": { status: "quarantined", reason: "malware" },
  });
  index.always("/simple/foo/", {
    status: 200,
    body,
    headers: { "content-type": "application/vnd.pypi.simple.v1+json" },
  });
  const { db, reporter } = newDatabase([index.url]);
  await db.project(name("foo"));
  assert.match(reporter.warnings().join(), /`foo` is marked as quarantined by .*: malware/);
});

test("takes a package from its first index whose marker holds, and from all indexes if none does", async () => {
  await using shared = await startIndex({ files: [two] });
  await using own = await startIndex({ files: [one] });
  const marker = parseMarker("sys_platform == 'linux'");
  const places = [{ url: own.url, marker }];
  const { db } = newDatabase([shared.url], { packageIndexes: new Map([[name("foo"), places]]) });
  const versions = async (platform: string) => {
    const { releases } = await db.project(name("foo"), db.indexOf(name("foo"), on(platform)));
    return releases.map(({ version }) => version.text);
  };
  assert.deepEqual(await versions("linux"), ["1.0"]);
  assert.deepEqual(await versions("win32"), ["2.0"]);
});

test("takes a package with its own index only from there, and asks no other index", async () => {
  await using shared = await startIndex({ files: [two, makeWheel({ name: "bar" })] });
  await using own = await startIndex({ files: [one] });
  const { db } = newDatabase([shared.url], { packageIndexes: new Map([[name("foo"), [{ url: own.url }]]]) });
  const index = db.indexOf(name("foo"), on("linux"));
  assert.deepEqual((await db.project(name("foo"), index)).lookedIn, [own.url]);
  assert.equal((await db.project(name("bar"))).found, true);
  assert.deepEqual(
    shared.requests.map(({ path }) => path),
    ["/simple/bar/"],
  );
});

function on(platform: string): MarkerEnvironment {
  const values = markerVariables.map((variable) => [variable, variable === "sys_platform" ? platform : ""]);
  return Object.fromEntries(values) as MarkerEnvironment;
}
