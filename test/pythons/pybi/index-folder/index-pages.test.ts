import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { describeFile } from "../../../../src/pythons/pybi/index-folder/describe-file.ts";
import {
  type IndexedProject,
  projectHtml,
  projectJson,
  rootHtml,
  rootJson,
} from "../../../../src/pythons/pybi/index-folder/format-pages.ts";
import { indexFolder } from "../../../../src/pythons/pybi/index-folder/index-folder.ts";
import { wheelMetadataMember } from "../../../../src/pythons/pybi/index-folder/wheel-metadata-member.ts";
import { parsePackageName } from "../../../../src/vocab/requirement/name.ts";
import { makePybi } from "../../../support/make-pybi.ts";
import { makeWheel } from "../../../support/make-wheel.ts";
import { writeZip } from "../../../support/zip-writer.ts";
import { newSandbox } from "../../sandbox.ts";

const project: IndexedProject = {
  name: parsePackageName("a"),
  versions: ["1"],
  files: [
    { filename: "a-1&2.whl", sha256: "s", size: 3, metadataSha256: "m", requiresPython: '>=3,<"4"' },
    { filename: "a-2.whl", sha256: "t", size: 4, metadataSha256: "n" },
  ],
};

describe("an index page", () => {
  test("escapes names and attributes in HTML", () => {
    const html = projectHtml(project);
    assert.match(
      html,
      /<a href="\.\.\/a-1%262\.whl#sha256=s" data-requires-python="&gt;=3,&lt;&quot;4&quot;" data-dist-info-metadata="sha256=m" data-core-metadata="sha256=m">a-1&amp;2\.whl<\/a><br>/,
    );
    assert.match(html, /<a href="\.\.\/a-2\.whl#sha256=t" data-dist-info-metadata="sha256=n"/);
    assert.match(html, /<title>Links for a<\/title>/);
    assert.match(rootHtml([project]), /<a href="a\/">a<\/a><br>/);
  });

  test("has the fields of the standard in JSON, and `requires-python` only if the file has it", () => {
    const { meta, name, versions, files } = JSON.parse(projectJson(project)) as {
      readonly meta: object;
      readonly name: string;
      readonly versions: readonly string[];
      readonly files: readonly object[];
    };
    assert.deepEqual([name, versions], ["a", ["1"]]);
    assert.deepEqual(meta, { "api-version": "1.1", _generator: "posy pybi index" });
    assert.deepEqual(files[1], {
      filename: "a-2.whl",
      url: "../a-2.whl",
      hashes: { sha256: "t" },
      size: 4,
      "core-metadata": { sha256: "n" },
      "dist-info-metadata": { sha256: "n" },
    });
    assert.ok("requires-python" in (files[0] ?? {}));
    assert.deepEqual((JSON.parse(rootJson([project])) as { readonly projects: object }).projects, [
      { name: "a" },
    ]);
  });
});

test("finds METADATA only in the `.dist-info` of the wheel's own project, at the top", () => {
  const find = (...paths: readonly string[]) => wheelMetadataMember(paths, parsePackageName("my-thing"));
  assert.equal(find("x/y", "My_Thing-1.dist-info/METADATA"), "My_Thing-1.dist-info/METADATA");
  assert.equal(find("other-1.dist-info/METADATA"), undefined);
  assert.equal(find("x/my_thing-1.dist-info/METADATA"), undefined);
  assert.equal(find("my_thing-1.dist-info/RECORD", "my_thing-1.dist-info/METADATA.txt"), undefined);
  assert.equal(
    find("other-1.dist-info/METADATA", "my_thing-2.dist-info/METADATA"),
    "my_thing-2.dist-info/METADATA",
  );
});

describe("a file of an indexed folder", () => {
  test("is rejected if it has no METADATA", async () => {
    using sandbox = newSandbox();
    const [wheel, pybi] = ["a-1-py3-none-any.whl", makePybi().filename];
    for (const filename of [wheel, pybi]) {
      writeFileSync(join(sandbox.root, filename), writeZip([{ path: "x", data: "x" }]));
      await assert.rejects(describeFile(sandbox.root, filename), { code: "invalid-metadata" });
    }
  });

  test("writes `requires-python` on one line", async () => {
    using sandbox = newSandbox();
    const { filename, bytes } = makeWheel({ name: "a", version: "1", requiresPython: ">=3.9,\n  <4" });
    writeFileSync(join(sandbox.root, filename), bytes);
    assert.match((await describeFile(sandbox.root, filename)).file.requiresPython ?? "", /^>=3\.9, *<4$/);
    const plain = makeWheel({ name: "b", version: "1" });
    writeFileSync(join(sandbox.root, plain.filename), plain.bytes);
    assert.ok(!("requiresPython" in (await describeFile(sandbox.root, plain.filename)).file));
  });
});

describe("an indexed folder", () => {
  test("keeps folders and files that this command did not write", async () => {
    using sandbox = newSandbox();
    const { filename, bytes } = makeWheel({ name: "gone", version: "1" });
    writeFileSync(join(sandbox.root, filename), bytes);
    await indexFolder(sandbox.root);
    const generated = readFileSync(join(sandbox.root, "gone/index.html"), "utf8");
    for (const [folder, files] of Object.entries({
      empty: {},
      mixed: { "index.html": generated, "notes.txt": "x" },
      foreign: { "index.html": "<html>" },
      "json-only": { "index.v1_json": "{}" },
    })) {
      mkdirSync(join(sandbox.root, folder));
      for (const [name, text] of Object.entries(files)) writeFileSync(join(sandbox.root, folder, name), text);
    }
    writeFileSync(join(sandbox.root, "x.metadata"), "mine");
    writeFileSync(join(sandbox.root, "never_here-1.0-py3-none-any.whl.metadata"), "mine");
    rmSync(join(sandbox.root, filename));
    const { projects } = await indexFolder(sandbox.root);
    assert.deepEqual(projects, []);
    assert.ok(
      !existsSync(join(sandbox.root, "gone")) && !existsSync(join(sandbox.root, `${filename}.metadata`)),
    );
    for (const path of [
      "empty",
      "mixed/index.html",
      "foreign/index.html",
      "json-only/index.v1_json",
      "x.metadata",
      "never_here-1.0-py3-none-any.whl.metadata",
    ]) {
      assert.ok(existsSync(join(sandbox.root, path)), path);
    }
  });

  test("keeps metadata that pages of others list, and never touches files outside of it", async () => {
    using sandbox = newSandbox();
    const folder = join(sandbox.root, "index");
    mkdirSync(folder);
    const { filename, bytes } = makeWheel({ name: "gone", version: "1" });
    writeFileSync(join(folder, filename), bytes);
    await indexFolder(folder);
    const page = (...names: readonly string[]) =>
      JSON.stringify({ files: names.map((name) => ({ filename: name })) });
    // Another program has written this page.
    mkdirSync(join(folder, "foreign"));
    writeFileSync(join(folder, "foreign", "index.html"), "<html>");
    writeFileSync(join(folder, "foreign", "index.v1_json"), page("other-1-py3-none-any.whl"));
    // Somebody has changed a page of this command.
    const names = ["../outside-1-py3-none-any.whl", "notes.txt", filename];
    writeFileSync(join(folder, "gone", "index.v1_json"), page(...names));
    for (const name of ["other-1-py3-none-any.whl", "../outside-1-py3-none-any.whl", "notes.txt"]) {
      writeFileSync(join(folder, `${name}.metadata`), "mine");
    }
    rmSync(join(folder, filename));
    await indexFolder(folder);
    assert.ok(!existsSync(join(folder, `${filename}.metadata`)));
    for (const name of ["other-1-py3-none-any.whl", "../outside-1-py3-none-any.whl", "notes.txt"]) {
      assert.ok(existsSync(join(folder, `${name}.metadata`)), name);
    }
  });

  test("keeps the metadata of a file that is still there", async () => {
    using sandbox = newSandbox();
    const [kept, gone] = ["1", "2"].map((version) => makeWheel({ name: "a", version }));
    assert.ok(kept && gone);
    for (const { filename, bytes } of [kept, gone]) writeFileSync(join(sandbox.root, filename), bytes);
    await indexFolder(sandbox.root);
    rmSync(join(sandbox.root, gone.filename));
    await indexFolder(sandbox.root);
    assert.ok(existsSync(join(sandbox.root, `${kept.filename}.metadata`)));
    assert.ok(!existsSync(join(sandbox.root, `${gone.filename}.metadata`)));
  });

  test("has the files of a version sorted by name, and each version once", async () => {
    using sandbox = newSandbox();
    for (const tag of ["py3-none-any", "cp312-cp312-win_amd64"]) {
      const { bytes } = makeWheel({ name: "a", version: "1.0" });
      writeFileSync(join(sandbox.root, `a-1.0-${tag}.whl`), bytes);
    }
    const newer = makeWheel({ name: "a", version: "1.10" });
    writeFileSync(join(sandbox.root, newer.filename), newer.bytes);
    const { projects } = await indexFolder(sandbox.root);
    assert.deepEqual(projects[0]?.versions, ["1.0", "1.10"]);
    assert.deepEqual(
      projects[0].files.map(({ filename }) => filename),
      ["a-1.0-cp312-cp312-win_amd64.whl", "a-1.0-py3-none-any.whl", newer.filename],
    );
  });

  test("is an error if it does not exist", async () => {
    await assert.rejects(indexFolder("/nowhere/at/all"), { name: "PosyError" });
  });
});
