import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parseHtmlPage } from "../../../src/packages/simple-index/parse-html-page.ts";
import { parseHtmlTags } from "../../../src/packages/simple-index/parse-html-tags.ts";
import { scanHtmlTags } from "../../../src/packages/simple-index/scan-html-tags.ts";
import { projectPage } from "../../support/index-page.ts";

const page = "https://index.example/simple/foo/";
const digest = "ab".repeat(32);

/** Returns the file that one anchor links to. */
async function fileOf(anchor: string, head = "") {
  const { files } = await parseHtmlPage(
    `<!DOCTYPE html><html><head>${head}</head><body>${anchor}</body></html>`,
    page,
  );
  return files[0];
}

describe("parses a link of an HTML page that", () => {
  const cases: [string, string, object | undefined][] = [
    [
      "is relative",
      `<a href="../../files/foo-1.0.tar.gz#sha256=${digest}">foo-1.0.tar.gz</a>`,
      {
        filename: "foo-1.0.tar.gz",
        url: "https://index.example/files/foo-1.0.tar.gz",
        hashes: { sha256: digest },
        yanked: false,
      },
    ],
    [
      "has a percent-encoded local version",
      `<a href="foo-1.0%2Blocal-py3-none-any.whl">x</a>`,
      {
        filename: "foo-1.0+local-py3-none-any.whl",
        url: "https://index.example/simple/foo/foo-1.0%2Blocal-py3-none-any.whl",
        hashes: {},
        yanked: false,
      },
    ],
    [
      "has several hashes in upper case",
      `<a href="/foo-1.0.tar.gz#md5=${"0".repeat(32)}&amp;sha256=${digest.toUpperCase()}&egg=foo">x</a>`,
      {
        filename: "foo-1.0.tar.gz",
        url: "https://index.example/foo-1.0.tar.gz",
        hashes: { md5: "0".repeat(32), sha256: digest },
        yanked: false,
      },
    ],
    [
      "has a malformed hash",
      `<a href="/foo-1.0.tar.gz#sha256=abc">x</a>`,
      {
        filename: "foo-1.0.tar.gz",
        url: "https://index.example/foo-1.0.tar.gz",
        hashes: { sha256: "malformed" },
        yanked: false,
      },
    ],
    [
      "is yanked with a reason, and has requires-python, an upload time and metadata under the newer name",
      `<a href="/foo-1.0.tar.gz" data-requires-python="&gt;=3.8,&lt;4" data-yanked="it &quot;breaks&quot;"
         data-upload-time="2024-01-02T03:04:05.678Z" data-dist-info-metadata="false" data-core-metadata="sha256=${digest}">x</a>`,
      {
        filename: "foo-1.0.tar.gz",
        url: "https://index.example/foo-1.0.tar.gz",
        hashes: {},
        yanked: 'it "breaks"',
        requiresPython: ">=3.8,<4",
        uploadTime: "2024-01-02T03:04:05.678Z",
        coreMetadata: { sha256: digest },
      },
    ],
    [
      "is yanked without a reason, and has metadata under the older name",
      `<A HREF='/foo-1.0.tar.gz' data-yanked data-dist-info-metadata=true >x</A>`,
      {
        filename: "foo-1.0.tar.gz",
        url: "https://index.example/foo-1.0.tar.gz",
        hashes: {},
        yanked: "",
        coreMetadata: true,
      },
    ],
    [
      "has credentials and a query",
      `<a href="https://user:secret@files.example/foo-1.0.tar.gz?token=1#sha256=${digest}">x</a>`,
      {
        filename: "foo-1.0.tar.gz",
        url: "https://files.example/foo-1.0.tar.gz?token=1",
        hashes: { sha256: digest },
        yanked: false,
      },
    ],
    ["javascript", `<a href="javascript:alert(1)">x</a>`, undefined],
    ["a folder", `<a href="../">up</a>`, undefined],
    ["no href", `<a name="top">x</a>`, undefined],
    ["a name that decodes to a path", `<a href="/a/..%2F..%2Fetc%2Fpasswd">x</a>`, undefined],
    ["a broken escape", `<a href="/foo-%zz.whl">x</a>`, undefined],
  ];
  for (const [name, anchor, expected] of cases) {
    test(name, async () => assert.deepEqual(await fileOf(anchor), expected));
  }

  test("is relative to a base", async () => {
    const file = await fileOf(`<a href="foo-1.0.zip">x</a>`, `<base href="/other/"><base href="/ignored/">`);
    assert.equal(file?.url, "https://index.example/other/foo-1.0.zip");
  });
});

test("reads the status, the version and related pages of a page", async () => {
  const { files: _, ...about } = await parseHtmlPage(
    `<meta name="pypi:repository-version" content="1.3">
     <meta name="pypi:project-status" content="archived"><meta name="pypi:project-status-reason" content="use bar">
     <meta name="pypi:tracks" content="https://a.example/foo/"><meta name="pypi:tracks" content="https://b.example/foo/">
     <meta name="pypi:alternate-locations" content="https://c.example/foo/">`,
    page,
  );
  assert.deepEqual(about, {
    version: "1.3",
    status: { status: "archived", reason: "use bar" },
    tracks: ["https://a.example/foo/", "https://b.example/foo/"],
    alternateLocations: ["https://c.example/foo/"],
  });
});

describe("the fast scanner", () => {
  test("gives up if a complete parser is needed", () => {
    for (const text of [
      `<!-- <a href="no.whl"> --><a href="yes.whl">`,
      `<script>"<a href='no.whl'>"</script>`,
      `<a href="x&copy;.whl">`,
      `<a href="x&#150;.whl">`,
      `<a href="unclosed>`,
      `a < b`,
      `<a href=a"b>`,
      `<textarea><a href="no.whl"></textarea>`,
    ]) {
      assert.equal(scanHtmlTags(text), undefined, text);
    }
  });

  test("reads the HTML that indexes write", () => {
    const bytes = new Uint8Array([1]);
    const text = projectPage("html", "foo", [{ filename: "foo-1.0.zip", bytes, requiresPython: ">=3" }]);
    assert.equal(scanHtmlTags(text)?.length, 2);
  });

  test("leaves the rest to the complete parser", async () => {
    const { files } = await parseHtmlPage(
      `<!-- <a href="no-1.0.zip"> --><script>x = "<a href='no-2.0.zip'>"</script><a href="yes-1.0.zip">`,
      page,
    );
    assert.deepEqual(
      files.map((file) => file.filename),
      ["yes-1.0.zip"],
    );
  });

  test("never differs from the complete parser", async () => {
    const piece = fc.constantFrom(
      ...'<a ,<a\n,</a>,<base ,<meta ,<p ,<br/>,>,/>, href=,href =, \'x\', "y","&amp;",\'&lt;\',=,z, data-yanked,&,&amp,&gt;,&#43;,&#x2B;,&#65536;,\n,<!DOCTYPE html>,<title>,</title>,<,text,HREF="Q", a=b/c ,\t'.split(
        ",",
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 14 }), async (pieces) => {
        const text = pieces.join("");
        const scanned = scanHtmlTags(text);
        if (scanned) assert.deepEqual(scanned, await parseHtmlTags(text));
      }),
      { numRuns: 4000 },
    );
  });
});
