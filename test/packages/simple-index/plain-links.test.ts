import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { linksOf } from "../../../src/packages/simple-index/parse-html-page.ts";
import { fastLinks } from "../../../src/packages/simple-index/fast-links.ts";
import { scanHtmlTags } from "../../../src/packages/simple-index/scan-html-tags.ts";

const base = "https://index.example/simple/a/";
const byTheRules = (text: string) => linksOf(scanHtmlTags(text) ?? [], base);

const sha256 = "0123456789abcdef".repeat(4);
const file = `https://files.example/a/b1/a-1.0-py3-none-any.whl#sha256=${sha256}`;

test("the fast reader accepts links as indexes usually write them", () => {
  const texts = [
    `<a href="${file}">`,
    `<a href="${file}" data-requires-python="&gt;=3.9,&lt;4">`,
    `<a href="${file}" data-requires-python="&gt;=3.9" data-yanked="it is broken" data-upload-time="2026-01-28T18:15:06.378402Z">`,
    `<a href="${file}" data-dist-info-metadata="sha256=${sha256}" data-core-metadata="sha256=${sha256}" >`,
    `<a href="${file}" data-core-metadata="true">`,
    `<a href="${file}" data-yanked="">`,
    `<a href="/files/a/a-1.0.tar.gz#sha256=${sha256}" data-core-metadata="true">`,
    `<a href="/a-1.0.tar.gz#sha256=${sha256}">`,
  ];
  for (const text of [...texts, texts.join("")]) {
    const links = fastLinks(text, base);
    assert.ok(links, text);
    assert.deepEqual(links, byTheRules(text));
  }
});

test("the fast reader leaves all other links to the HTML parser", () => {
  const links = [
    `<a href="../a-1.0.tar.gz#sha256=${sha256}">`,
    `<a href="a-1.0.tar.gz#sha256=${sha256}">`,
    `<a href="//files.example/a-1.0.tar.gz#sha256=${sha256}">`,
    `<a href="/files/../a-1.0.tar.gz#sha256=${sha256}">`,
    `<a href="https://files.example/a/../a-1.0.tar.gz#sha256=${sha256}">`,
    `<a href="https://files.example/a%2D1.0.tar.gz#sha256=${sha256}">`,
    `<a href="https://user:pass@files.example/a-1.0.tar.gz#sha256=${sha256}">`,
    `<a href="https://files.example/a-1.0.tar.gz?x#sha256=${sha256}">`,
    `<a href="https://files.example/a-1.0.tar.gz">`,
    `<a href="${file.toUpperCase()}">`,
    `<a href="${file}" data-yanked="a &quot;b&quot;">`,
    `<a href="${file}" data-requires-python="&#62;=3">`,
    `<a href="${file}" data-core-metadata="false">`,
    `<a href="${file}" data-core-metadata="sha256=12">`,
    `<a data-requires-python="" href="${file}">`,
    `<a href="${file}" `,
  ];
  for (const text of links) assert.equal(fastLinks(text, base), undefined, text);
});

test("the fast reader never differs from the HTML parser", () => {
  const part = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom("a", "b.c", "a-1.0.tar.gz", "b_1-1.0-py3-none-any.whl") },
    { weight: 1, arbitrary: fc.constantFrom("..", ".", "%2e", "&amp;", "?", "") },
  );
  const attribute = fc.constantFrom(
    ' data-requires-python="&gt;=3"',
    ' data-requires-python=""',
    ' data-yanked="no"',
    ' data-core-metadata="true"',
    ' data-core-metadata="false"',
    ' data-dist-info-metadata="true"',
    ' data-upload-time="2026-01-01"',
    ' data-provenance="https://x.example/"',
    " hidden",
  );
  const oneLink = fc
    .tuple(
      fc.array(part, { maxLength: 4 }),
      fc.nat(4).map((each) => each > 0),
      fc.array(attribute, { maxLength: 2 }),
      fc.boolean(),
    )
    .map(([parts, hashed, attributes, whole]) => {
      const hash = hashed ? `#sha256=${sha256}` : "";
      return `<a href="${whole ? "https://files.example" : ""}/${parts.join("/")}${hash}"${attributes.join("")}>`;
    });
  let quick = 0;
  fc.assert(
    fc.property(fc.array(oneLink, { maxLength: 3 }), (links) => {
      const text = links.join("");
      const files = fastLinks(text, base);
      if (files === undefined) return;
      if (files.length > 0) quick += 1;
      assert.deepEqual(files, byTheRules(text));
    }),
    { seed: 1, numRuns: 3000 },
  );
  assert.ok(quick > 50, `${quick}`);
});
