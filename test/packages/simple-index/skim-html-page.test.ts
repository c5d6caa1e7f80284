import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { listPage } from "../../../src/packages/simple-index/listed-page.ts";
import { outlineOf } from "../../../src/packages/simple-index/outline.ts";
import { parseHtmlPage } from "../../../src/packages/simple-index/parse-html-page.ts";
import { readHtmlPageFast } from "../../../src/packages/simple-index/fast-html.ts";
import { projectPage } from "../../support/index-page.ts";

const url = "https://index.example/simple/foo/";
const digest = "ab".repeat(32);

/** Returns a page with all of its files parsed. */
async function wholly(text: string) {
  const { files, ...about } = await parseHtmlPage(text, url);
  return { names: files.map(({ filename }) => filename), files, about };
}

const outlined = (text: string) => readHtmlPageFast(Buffer.from(text), url);

function skimmed(text: string) {
  const outline = outlined(text);
  if (outline === undefined) return undefined;
  const { names, about } = outline;
  return { names, files: listPage(outline, undefined).others.files(), about };
}

describe("reading only the file names of a page", () => {
  const links: [title: string, link: string][] = [
    [
      "accepts a link as the public index writes it",
      `<a href="https://files.example/packages/c9/a9/foo-1.0.tar.gz#sha256=${digest}">foo-1.0.tar.gz</a>`,
    ],
    ["accepts a relative link", `<a href="../../files/foo-1.0.zip">foo-1.0.zip</a>`],
    ["accepts a percent-encoded name", `<a href="foo-1.0%2Blocal-py3-none-any.whl">foo</a>`],
    ["accepts a port", `<a href="http://files.example:8080/foo-1.0.zip">foo</a>`],
    [
      "accepts all attributes",
      `<a href="/f/foo-1.0-py3-none-any.whl#sha256=${digest}" data-requires-python="&gt;=3.8, &lt;4" data-yanked="it&#39;s &quot;bad&quot;" data-core-metadata="sha256=${digest}" data-dist-info-metadata="sha256=${digest}">foo</a>`,
    ],
    [
      "accepts an unescaped `>` in quotes and an attribute without a value",
      `<a href="foo-1.0.zip" data-requires-python=">=3" data-yanked>foo</a>`,
    ],
    ["accepts text that is not ASCII", `<a href="foo-1.0.zip" data-yanked="zurückgezogen – 撤回">föö</a>`],
    ["accepts markup in the text of a link", `<a href="foo-1.0.zip">the <b>best</b> &amp; newest</a> <br />`],
    [
      "accepts a hash among other parts of a fragment",
      `<a href="foo-1.0.zip#sha256=${digest}&amp;egg=foo-1.0">foo</a>`,
    ],
  ];
  for (const [title, link] of links) {
    test(title, async () => {
      const text = `<!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.0"><title>Links</title></head><body>\n${link}<br/>\n</body></html>`;
      const found = skimmed(text);
      assert.deepEqual(found, await wholly(text));
      assert.equal(found?.files.length, 1);
    });
  }

  const odd = [
    `<a href='foo-1.0.zip'>`,
    `<a class="x" href="foo-1.0.zip">`,
    `<a href="foo%2F1.0.zip">`,
    `<a href="foo%ff1.0.zip">`,
    `<a href="foo-1.0.zip?x=1">`,
    `<a href="foo-1.0.zip" data-yanked="caf&eacute;">`,
    `<a href="foo-1.0.zip#egg=a&b=c">`,
    `<a href="foo-1.0.zip" data-yanked="two\nlines">`,
    `<a href="..">`,
    `<a href="ftp:foo-1.0.zip">`,
    `<!-- <a href="foo-1.0.zip"> -->`,
    `<meta name="pypi:tracks" content="https://index.example/ü&#252;/">`,
  ];
  for (const link of odd) {
    test(`leaves ${JSON.stringify(link)} to the complete parser`, () => {
      assert.equal(outlined(`<a href="foo-1.0.zip">foo</a>${link}`), undefined);
    });
  }

  test("accepts a whole page as an index writes it", async () => {
    const bytes = new Uint8Array([1]);
    const files = ["foo-1.0.zip", "foo-1.0-py3-none-any.whl", "foo-2.0.tar.gz"].map((filename) => ({
      filename,
      bytes,
      requiresPython: ">=3,<4",
      yanked: 'a "reason" & more',
    }));
    const text = projectPage("html", "foo", files);
    assert.deepEqual(skimmed(text), await wholly(text));
    assert.equal(skimmed(text)?.names.length, 3);
  });

  test("never differs from reading the whole page", async () => {
    const piece = fc.constantFrom(
      `<a href="`,
      `https://files.example/`,
      `http://x.example:65536/`,
      `//host.example/`,
      `../`,
      `p/`,
      `./`,
      `%2B`,
      `%2f`,
      `foo-1.0.zip`,
      `foo-1.0+l-py3-none-any.whl`,
      `#sha256=${digest}`,
      `#`,
      `&amp;`,
      `&`,
      `"`,
      ` data-yanked="`,
      ` data-yanked`,
      ` data-yanked="ü &#39;–&#39;"`,
      `ü`,
      `<b>`,
      `<meta name="pypi:tracks" content="x">`,
      `<meta name="pypi:tracks" content="ü&#252;">`,
      ` href="`,
      `&gt;`,
      `&#39;`,
      `&nbsp;`,
      `>`,
      ` >`,
      `/>`,
      `</a>`,
      `\n`,
      `<br/>`,
      `<base href="https://b.example/c/">`,
      `?`,
      `:`,
      ` `,
      `<a href="foo-1.0.zip"`,
      `<a href="q/foo-2.0.zip">x</a>`,
    );
    let met = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
        const text = pieces.join("");
        const found = skimmed(text);
        if (found === undefined) return;
        const whole = await wholly(text);
        assert.deepEqual(found.files, whole.files);
        assert.deepEqual(found.about, whole.about);
        met += found.names.length;
        // A link with an impossible port has a file name, but does not lead to a file.
        if (!text.includes(":65536")) assert.deepEqual(found.names, whole.names);
      }),
      { numRuns: 8000 },
    );
    assert.ok(met > 300, `only ${met} links were met`);
  });

  test("has the same form as a page that was parsed completely", async () => {
    const page = await parseHtmlPage(`<a href="a-1.zip">a</a><a href="b-1.zip">b</a>`, url);
    const outline = outlineOf(page);
    assert.deepEqual(outline.names, ["a-1.zip", "b-1.zip"]);
    assert.deepEqual(listPage(outline, undefined).others.files(), page.files);
  });
});
