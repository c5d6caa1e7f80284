import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { readRequirementsFiles } from "../../../src/project/requirements-file/read-requirements-file.ts";
import { logicalLines } from "../../../src/project/requirements-file/logical-lines.ts";
import { splitWords } from "../../../src/project/requirements-file/split-words.ts";

type Files = Readonly<Record<string, string | Uint8Array>>;
const digest = "ab".repeat(32);

function read(files: Files, environment: Record<string, string> = {}) {
  return readRequirementsFiles(["main.txt"], [], {
    cwd: "/project",
    environment,
    async read(path) {
      const found = files[path.replace("/project/", "")];
      if (found === undefined) throw new PosyError("not-found", `reading \`${path}\` failed`);
      return typeof found === "string" ? new TextEncoder().encode(found) : found;
    },
  });
}

const named = (file: Awaited<ReturnType<typeof read>>) =>
  file.requirements.map(({ requirement, origin }) => `${requirement.text} (${origin})`);

const texts: readonly { title: string; text: string | Uint8Array; comes: readonly string[] }[] = [
  { title: "reads an empty file", text: "", comes: [] },
  { title: "skips comments", text: "# one\na # two\n  b  \n\n", comes: ["a (main.txt:2)", "b (main.txt:3)"] },
  {
    title: "joins lines that end in a backslash",
    text: "a>=1,\\\n<2\nb",
    comes: ["a>=1,<2 (main.txt:1)", "b (main.txt:3)"],
  },
  {
    title: "splits lines at CRLF and CR",
    text: "a\r\nb\rc",
    comes: ["a (main.txt:1)", "b (main.txt:2)", "c (main.txt:3)"],
  },
  { title: "replaces a variable", text: "a==${V}", comes: ["a==3 (main.txt:1)"] },
  {
    title: "reads UTF-8 with a byte-order mark",
    text: Uint8Array.of(0xef, 0xbb, 0xbf, 0x61),
    comes: ["a (main.txt:1)"],
  },
  {
    title: "reads UTF-16",
    text: Uint8Array.of(0xff, 0xfe, 0x61, 0, 0x0a, 0, 0x62, 0),
    comes: ["a (main.txt:1)", "b (main.txt:2)"],
  },
  {
    title: "reads the encoding of a `coding:` comment",
    text: Uint8Array.from(Buffer.from("# coding: latin-1\na # \xe9", "latin1")),
    comes: ["a (main.txt:2)"],
  },
];

describe("readRequirementsFiles", () => {
  for (const { title, text, comes } of texts) {
    test(title, async () => assert.deepEqual(named(await read({ "main.txt": text }, { V: "3" })), comes));
  }

  test("reads each file once, even if each includes the next twice", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 60 }, (_, at) => [
        `${at}.txt`,
        `-r ${at + 1}.txt\n-r ${at + 1}.txt\n-c ${at + 1}.txt`,
      ]),
    );
    const file = await read({ "main.txt": "-r 0.txt", ...files, "60.txt": "a" });
    assert.deepEqual(named(file), ["a (60.txt:1)"]);
    assert.deepEqual(
      file.constraints.map(({ requirement }) => requirement.text),
      ["a"],
    );
  });

  test("takes the last `--index-url`, even if its file was read before", async () => {
    const more = "--index-url https://more.example/simple";
    const own = "--index-url https://own.example/simple";
    const of = async (text: string) =>
      (await read({ "main.txt": text, "more.txt": more, "none.txt": "a" })).index.indexUrl;
    assert.equal(await of(`-r more.txt\n${own}`), "https://own.example/simple");
    assert.equal(await of(`-r more.txt\n${own}\n-r more.txt`), "https://more.example/simple");
    assert.equal(await of(`${own}\n-r none.txt\n-r none.txt`), "https://own.example/simple");
  });

  test("resolves included files from the folder of the including file", async () => {
    const file = await read({
      "main.txt": "-r sub/more.txt\n-c limits.txt\nlast",
      "sub/more.txt": "inner\n--requirement=again.txt",
      "sub/again.txt": "deep",
      "limits.txt": "inner<2\n-r others.txt",
      "others.txt": "deep<3",
    });
    assert.deepEqual(named(file), ["inner (sub/more.txt:1)", "deep (sub/again.txt:1)", "last (main.txt:3)"]);
    assert.deepEqual(
      file.constraints.map(({ requirement }) => requirement.text),
      ["inner<2", "deep<3"],
    );
  });

  test("reads options", async () => {
    const { index, prerelease, requireHashes, builds, warnings } = await read({
      "main.txt": [
        "-i https://one.example/simple",
        "--extra-index-url=https://two.example/simple",
        "--find-links 'my wheels'",
        "-f https://three.example/ --no-index --pre",
        "--trusted-host four.example",
        "--only-binary :all:",
        "--prefer-binary",
        "--no-binary foo",
        "bar --config-settings=a=1 -C b",
      ].join("\n"),
    });
    assert.deepEqual(index, {
      indexUrl: "https://one.example/simple",
      extraIndexUrls: ["https://two.example/simple"],
      findLinks: ["/project/my wheels", "https://three.example/"],
      noIndex: true,
      trustedHosts: ["four.example"],
    });
    assert.deepEqual([prerelease, requireHashes, warnings.length], [true, false, 1]);
    assert.deepEqual(builds, {
      noBinary: ["foo"],
      onlyBinary: [":all:"],
      settings: [
        ["bar", "a=1"],
        ["bar", "b"],
      ],
    });
  });

  test("reads hashes", async () => {
    const file = await read({
      "main.txt": `a==1 \\\n  --hash=sha256:${digest} \\\n  --hash sha384:${"cd".repeat(48)}`,
    });
    assert.ok(file.requireHashes);
    assert.deepEqual(file.requirements[0]?.hashes, { sha256: [digest], sha384: ["cd".repeat(48)] });
  });

  test("reads folders, repositories and archives", async () => {
    const { sources, requirements } = await read({
      "main.txt": [
        "-e .",
        "--editable=./here[b,a] ; python_version >= '3'",
        "./my folder",
        "git+https://x.example/a.git@main",
        "git+git@x.example:o/r.git",
        `https://x.example/archive/main.zip --hash=sha256:${digest}`,
        "file:here#subdirectory=core",
        "git+ssh://git@x.example/a#egg=A_b[c]&subdirectory=core",
        "-e 'my other[x]'",
        "-e named @ file:///there",
        "n @ git+https://me:secret@x.example/n",
        "https://x.example/a-1.0.tar.gz#subdirectory=core&egg=core",
      ].join("\n"),
    });
    assert.deepEqual(
      sources.map(({ url, extras, editable, marker, origin }) => [
        url,
        extras.join(),
        editable,
        marker !== undefined,
        origin,
      ]),
      [
        ["file:///project#editable=true", "", true, false, "main.txt:1"],
        ["file:///project/here#editable=true", "a,b", true, true, "main.txt:2"],
        ["file:///project/my%20folder", "", false, false, "main.txt:3"],
        ["git+https://x.example/a.git@main", "", false, false, "main.txt:4"],
        ["git+git@x.example:o/r.git", "", false, false, "main.txt:5"],
        [`https://x.example/archive/main.zip#sha256=${digest}`, "", false, false, "main.txt:6"],
        ["file:///project/here#subdirectory=core", "", false, false, "main.txt:7"],
        ["file:///project/my%20other#editable=true", "x", true, false, "main.txt:9"],
      ],
    );
    assert.deepEqual(
      requirements.map(({ requirement: { name, extras, url, text } }) => [name, extras.join(), url, text]),
      [
        [
          "a-b",
          "c",
          "git+ssh://git@x.example/a#egg=A_b[c]&subdirectory=core",
          "git+ssh://git@x.example/a#egg=A_b[c]&subdirectory=core",
        ],
        ["named", "", "file:///there#editable=true", "named @ file:///there"],
        ["n", "", "git+https://me:secret@x.example/n", "n @ git+https://x.example/n"],
        [
          "core",
          "",
          "https://x.example/a-1.0.tar.gz#subdirectory=core&egg=core",
          "https://x.example/a-1.0.tar.gz#subdirectory=core&egg=core",
        ],
      ],
    );
  });

  test("replaces `${PROJECT_ROOT}` by the current folder, as uv does", async () => {
    const text = "-e file:///${PROJECT_ROOT}/lib\na @ file:///${PROJECT_ROOT}/a\n";
    const { sources, requirements } = await read({ "main.txt": text });
    assert.equal(sources[0]?.url, "file:///project/lib#editable=true");
    assert.equal(requirements[0]?.requirement.url, "file:///project/a");
    const set = await read({ "main.txt": "a @ file://${PROJECT_ROOT}/a\n" }, { PROJECT_ROOT: "/other" });
    assert.equal(set.requirements[0]?.requirement.url, "file:///other/a");
  });

  test("reads wheels by URL and path", async () => {
    const file = await read({
      "main.txt": [
        "https://x.example/a_b-1.0-py3-none-any.whl",
        "./c-1.0-py3-none-any.whl[extra] ; python_version >= '3'",
        "./my wheels/f-1.0-py3-none-any.whl[extra] ; python_version >= '3'",
        "d @ https://x.example/d-1.0-py3-none-any.whl",
        "e@https://x.example/e-1.0-py3-none-any.whl",
      ].join("\n"),
    });
    assert.deepEqual(
      file.requirements.map(({ requirement: { name, url, extras, marker } }) => [
        name,
        url,
        extras,
        marker !== undefined,
      ]),
      [
        ["a-b", "https://x.example/a_b-1.0-py3-none-any.whl", [], false],
        ["c", "file:///project/c-1.0-py3-none-any.whl", ["extra"], true],
        ["f", "file:///project/my%20wheels/f-1.0-py3-none-any.whl", ["extra"], true],
        ["d", "https://x.example/d-1.0-py3-none-any.whl", [], false],
        ["e", "https://x.example/e-1.0-py3-none-any.whl", [], false],
      ],
    );
  });
});

const wrong: readonly { title: string; files: Files; says: RegExp }[] = [
  {
    title: "a line that is not a requirement",
    files: { "main.txt": "a\nb ==== 1\n" },
    says: /^main\.txt:2: .*==== 1/,
  },
  { title: "a line after a joined line", files: { "main.txt": "a \\\n>=1\n=>2" }, says: /^main\.txt:3: / },
  {
    title: "a line in an included file",
    files: { "main.txt": "-r sub/x.txt", "sub/x.txt": "\n???" },
    says: /^sub\/x\.txt:2: /,
  },
  { title: "an unknown option", files: { "main.txt": "--nonsense" }, says: /`--nonsense`/ },
  { title: "an option without its value", files: { "main.txt": "-r" }, says: /`-r` needs a value/ },
  {
    title: "an option after a requirement",
    files: { "main.txt": "a -i https://x.example" },
    says: /can't follow a requirement/,
  },
  {
    title: "a hash without a requirement",
    files: { "main.txt": `--hash=sha256:${digest}` },
    says: /must follow a requirement/,
  },
  { title: "a weak hash", files: { "main.txt": "a==1 --hash=md5:00" }, says: /md5/ },
  {
    title: "an editable repository",
    files: { "main.txt": "-e git+https://me:secret@x.example/a.git" },
    says: /^main\.txt:1: `git\+https:\/\/x\.example\/a\.git` is a repository, and only folders are editable$/,
  },
  {
    title: "a repository of Mercurial",
    files: { "main.txt": "hg+https://x.example/a" },
    says: /only git is supported/,
  },
  {
    title: "a revision that is an option",
    files: { "main.txt": "git+https://x.example/a@--upload-pack=evil" },
    says: /has an invalid revision: `--upload-pack=evil`/,
  },
  {
    title: "a folder as a constraint",
    files: { "main.txt": "-c c.txt", "c.txt": "./here" },
    says: /^c\.txt:1: .*no name/,
  },
  {
    title: "a folder with a hash",
    files: { "main.txt": `./here --hash=sha256:${digest}` },
    says: /can't have a hash/,
  },
  {
    title: "`--config-settings` without a package name",
    files: { "main.txt": "-e . --config-settings a=b" },
    says: /needs the name of the package/,
  },
  {
    title: "a file that includes itself",
    files: { "main.txt": "-r b.txt", "b.txt": "-r main.txt" },
    says: /includes itself.*b\.txt/,
  },
  { title: "a quotation mark that is not closed", files: { "main.txt": "-f 'x" }, says: /quotation/ },
  {
    title: "a file that is not text",
    files: { "main.txt": Uint8Array.of(0x61, 0xff, 0xfe) },
    says: /not text in utf-8/,
  },
];

describe("readRequirementsFiles rejects", () => {
  for (const { title, files, says } of wrong) {
    test(title, async () => {
      await assert.rejects(read(files), (error) => {
        assert.ok(error instanceof PosyError, String(error));
        assert.equal(error.code, "invalid-requirements-file");
        assert.match(error.message, says);
        return true;
      });
    });
  }

  test("a file that does not exist", async () => {
    await assert.rejects(read({ "main.txt": "-r none.txt" }), { code: "not-found" });
  });
});

test("logicalLines keeps variables that are not set, and names in lower case", () => {
  assert.deepEqual(logicalLines("${A} ${b} $A ${C}", { A: "1", b: "2", C: "" }), [
    { number: 1, text: "1 ${b} $A ${C}" },
  ]);
});

test("splitWords splits words as a shell does", () => {
  assert.deepEqual(splitWords(`a 'b c' "d \\" e" f\\ g ''`), ["a", "b c", 'd " e', "f g", ""]);
  assert.equal(splitWords(`a 'b`), undefined);
});
