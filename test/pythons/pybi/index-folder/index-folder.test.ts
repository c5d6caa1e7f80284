import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { plainIndexSettings } from "../../../../src/packages/index-settings.ts";
import { openPackageDB } from "../../../../src/packages/open-package-db.ts";
import { parseJsonPage } from "../../../../src/packages/simple-index/parse-json-page.ts";
import { indexFolder } from "../../../../src/pythons/pybi/index-folder/index-folder.ts";
import { sha256Of } from "../../../../src/system/fs/sha256.ts";
import { parsePackageName } from "../../../../src/vocab/requirement/name.ts";
import { makePybi } from "../../../support/make-pybi.ts";
import { makeSdist } from "../../../support/make-sdist.ts";
import { makeWheel } from "../../../support/make-wheel.ts";
import { newSandbox } from "../../sandbox.ts";

function makeFilledFolder() {
  const sandbox = newSandbox();
  const folder = join(sandbox.root, "files");
  mkdirSync(folder);
  const metadata = { requiresPython: ">=3.9,<4" };
  const files = [
    makePybi({ links: { "bin/python3": "python" } }),
    makePybi({ version: "3.9.6" }),
    makeWheel({ name: "My_Thing", version: "1.10+local", ...metadata }),
    makeWheel({ name: "my.thing", version: "1.9" }),
  ];
  for (const { filename, bytes } of files) writeFileSync(join(folder, filename), bytes);
  return { sandbox, folder, files };
}

describe("the index pages of a folder", () => {
  test("list wheels and pybis by project, with hashes and metadata", async () => {
    const { sandbox, folder, files } = makeFilledFolder();
    using _ = sandbox;
    const { projects, warnings } = await indexFolder(folder);
    assert.deepEqual(warnings, []);
    assert.deepEqual(
      projects.map(({ name, versions }) => [name, versions]),
      [
        ["cpython-unofficial", ["3.9.6", "3.13.5"]],
        ["my-thing", ["1.9", "1.10+local"]],
      ],
    );
    const html = readFileSync(join(folder, "my-thing", "index.html"), "utf8");
    const wheel = files[2];
    assert.ok(wheel);
    assert.ok(
      html.includes(`href="../${encodeURIComponent(wheel.filename)}#sha256=${sha256Of(wheel.bytes)}"`),
      html,
    );
    const metadata = readFileSync(join(folder, `${wheel.filename}.metadata`));
    assert.ok(html.includes(`data-core-metadata="sha256=${sha256Of(metadata)}"`));
    assert.match(metadata.toString(), /^Name: My_Thing$/m);
    const json = readFileSync(join(folder, "my-thing", "index.v1_json"), "utf8");
    const page = parseJsonPage(json, "https://index.example/my-thing/");
    assert.equal(page?.files.length, 2);
    const listed = page?.files.find(({ filename }) => filename === wheel.filename);
    assert.equal(listed?.hashes["sha256"], sha256Of(wheel.bytes));
    assert.equal(listed?.size, wheel.bytes.length);
  });

  test("list source distributions, without metadata, and no other archives", async () => {
    const { sandbox, folder } = makeFilledFolder();
    using _ = sandbox;
    const sdist = makeSdist({ name: "my.thing", version: "2.0", requiresPython: ">=3.9" });
    writeFileSync(join(folder, sdist.filename), sdist.bytes);
    writeFileSync(join(folder, "main.zip"), "another archive");
    writeFileSync(join(folder, "cpython-3.13.5+20250612-x86_64-unknown-linux-gnu-install_only.tar.gz"), "");
    writeFileSync(join(folder, "broken-1.0.tar.gz"), "no archive");
    const { projects, warnings } = await indexFolder(folder);
    assert.match(warnings.join("\n"), /^`broken-1\.0\.tar\.gz` is not listed/);
    assert.deepEqual(projects.find(({ name }) => name === "my-thing")?.versions, [
      "1.9",
      "1.10+local",
      "2.0",
    ]);
    assert.ok(!existsSync(join(folder, `${sdist.filename}.metadata`)));
    const html = readFileSync(join(folder, "my-thing", "index.html"), "utf8");
    const link = `<a href="../${sdist.filename}#sha256=${sdist.sha256}" data-requires-python="&gt;=3.9">`;
    assert.ok(html.includes(link), html);
    const json = readFileSync(join(folder, "my-thing", "index.v1_json"), "utf8");
    const listed = parseJsonPage(json, "https://index.example/my-thing/")?.files.at(-1);
    assert.deepEqual(
      [listed?.filename, listed?.hashes, listed?.coreMetadata],
      [sdist.filename, { sha256: sdist.sha256 }, undefined],
    );
  });

  test("can be read by the package database", async () => {
    const { sandbox, folder, files } = makeFilledFolder();
    using _ = sandbox;
    await indexFolder(folder);
    const { home, reporter } = sandbox.context();
    const index = { ...plainIndexSettings, indexes: [{ url: folder, explicit: false }] };
    const db = openPackageDB({ home, index, reporter, environment: {} });
    const project = await db.project(parsePackageName("my-thing"));
    assert.deepEqual(
      project.releases.map(({ version }) => version.text),
      ["1.10+local", "1.9"],
    );
    const [artifact] = project.releases[0]?.artifacts ?? [];
    assert.ok(artifact?.kind === "wheel");
    assert.equal((await db.metadata(artifact)).name, "my-thing");
    assert.equal((await db.fetch(artifact)).sha256, artifact.hashes["sha256"]);
    const pybis = await db.pybis(folder, parsePackageName("cpython-unofficial"));
    assert.deepEqual(
      pybis.map(({ filename }) => filename).sort(),
      files
        .slice(0, 2)
        .map(({ filename }) => filename)
        .sort(),
    );
    assert.ok(pybis.every(({ hashes }) => hashes["sha256"] !== undefined));
    // The database writes to its cache in the background, and the sandbox is removed now.
    await db.close();
  });

  test("list projects by their normalized names, whatever the case of the file names is", async () => {
    using sandbox = newSandbox();
    for (const name of ["Zed", "abc", "Middle"]) {
      const { bytes } = makeWheel({ name, version: "1" });
      writeFileSync(join(sandbox.root, `${name}-1-py3-none-any.whl`), bytes);
    }
    const { projects } = await indexFolder(sandbox.root);
    assert.deepEqual(
      projects.map(({ name }) => name),
      ["abc", "middle", "zed"],
    );
    const root = JSON.parse(readFileSync(join(sandbox.root, "index.v1_json"), "utf8")) as object;
    assert.deepEqual(root, {
      meta: { "api-version": "1.1", _generator: "posy pybi index" },
      projects: [{ name: "abc" }, { name: "middle" }, { name: "zed" }],
    });
  });

  test("are not complete if a page or the metadata of a file can't be written, which is an error", async () => {
    const wheel = "my_thing-1.9-py3-none-any.whl";
    const outputs = [`${wheel}.metadata`, "my-thing/index.html", "my-thing/index.v1_json", "index.html"];
    for (const output of [...outputs, "index.v1_json"]) {
      using sandbox = newSandbox();
      const { bytes } = makeWheel({ name: "my_thing", version: "1.9" });
      writeFileSync(join(sandbox.root, wheel), bytes);
      // A file can't replace a folder that is not empty.
      mkdirSync(join(sandbox.root, output, "inside"), { recursive: true });
      await assert.rejects(indexFolder(sandbox.root), { name: "PosyError", code: "filesystem" }, output);
    }
  });

  test("are removed if one of the two pages of a project is already gone", async () => {
    const { sandbox, folder, files } = makeFilledFolder();
    using _ = sandbox;
    await indexFolder(folder);
    for (const { filename } of files.slice(2)) rmSync(join(folder, filename));
    rmSync(join(folder, "my-thing", "index.v1_json"));
    mkdirSync(join(folder, "empty"));
    await indexFolder(folder);
    assert.ok(!existsSync(join(folder, "my-thing")));
    assert.ok(existsSync(join(folder, "empty")) && existsSync(join(folder, "cpython-unofficial")));
  });

  test("are reproducible, lose the pages of removed files, and come with warnings about files that can't be listed", async () => {
    const { sandbox, folder, files } = makeFilledFolder();
    using _ = sandbox;
    await indexFolder(folder);
    const all = () =>
      Object.fromEntries(
        readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => [
            join(entry.parentPath, entry.name),
            readFileSync(join(entry.parentPath, entry.name), "utf8"),
          ]),
      );
    const before = all();
    await indexFolder(folder);
    assert.deepEqual(all(), before);
    for (const { filename } of files.slice(2)) rmSync(join(folder, filename));
    mkdirSync(join(folder, "notes"));
    writeFileSync(join(folder, "notes", "index.html"), "mine");
    writeFileSync(join(folder, "broken-1-py3-none-any.whl"), "x");
    const { warnings } = await indexFolder(folder);
    assert.match(warnings.join(), /^`broken-1-py3-none-any.whl` is not listed: /);
    assert.ok(!existsSync(join(folder, "my-thing")) && existsSync(join(folder, "notes")));
    assert.ok(!readdirSync(folder).some((name) => name.endsWith(".whl.metadata")));
  });
});
