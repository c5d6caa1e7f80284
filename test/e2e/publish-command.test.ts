import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { makeSdist, type SdistRecipe } from "../support/make-sdist.ts";
import { makeWheel, type WheelRecipe } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type PosyOptions, type Sandbox } from "../support/posy.ts";
import { startCuttingRelay } from "../support/cutting-relay.ts";
import { startRelay } from "../support/relay.ts";
import { startUploadServer, type UploadReply, type UploadServer } from "../support/upload-server.ts";

const me = { username: "me", password: "my-secret-password" };
const login = ["--username", me.username, "--password", me.password];
const readme = ["Description-Content-Type: text/markdown", "", "# Demo ü", ""];

const wheel = (more: Partial<WheelRecipe> = {}) => makeWheel({ name: "Demo_Pkg", metadata: readme, ...more });
const sdist = (more: Partial<SdistRecipe> = {}) =>
  makeSdist({
    name: "Demo_Pkg",
    pkgInfo: ["Metadata-Version: 2.2", "Name: Demo_Pkg", "Version: 1.0", ...readme].join("\n"),
    ...more,
  });

interface MadeFile {
  readonly filename: string;
  readonly bytes: Uint8Array;
}

function put(sandbox: Sandbox, ...files: readonly MadeFile[]): void {
  mkdirSync(join(sandbox.cwd, "dist"), { recursive: true });
  for (const { filename, bytes } of files) writeFileSync(join(sandbox.cwd, "dist", filename), bytes);
}

const both = "dist/demo_pkg-1.0-py3-none-any.whl: uploaded\ndist/demo_pkg-1.0.tar.gz: uploaded\n";

/** A sandbox with the files of a release in `dist`, and an index. `publish` uploads them to it. */
async function release(options: Parameters<typeof startUploadServer>[0] = {}) {
  const sandbox = await newSandbox({ interpreter: false });
  const index = await startUploadServer(options);
  put(sandbox, wheel(), sdist());
  const publish = (args: readonly string[] = [], run: PosyOptions = {}) =>
    sandbox.posy(["publish", "--publish-url", index.url, ...args], run);
  return {
    sandbox,
    index,
    publish,
    async [Symbol.asyncDispose]() {
      await index[Symbol.asyncDispose]();
      sandbox[Symbol.dispose]();
    },
  };
}

const uploads = ({ requests }: UploadServer) => requests.filter(({ line }) => line.startsWith("POST")).length;
/** Attempts follow each other without a wait, if the server says so. */
const atOnce = { "retry-after": "0" };

describe("posy publish", () => {
  test("uploads the wheel and the source distribution in `dist` with their metadata and hashes", async () => {
    await using it = await release({ auth: me });
    assertPrinted(await it.publish(login), both);
    const [first, second] = it.index.files;
    assert.deepEqual(first?.bytes, wheel().bytes);
    assert.deepEqual(second?.bytes, sdist().bytes);
    const fields = first?.fields ?? {};
    const sha256 = createHash("sha256").update(wheel().bytes).digest("hex");
    assert.deepEqual(fields[":action"], ["file_upload"]);
    assert.deepEqual(fields["sha256_digest"], [sha256]);
    assert.deepEqual(fields["name"], ["Demo-Pkg"]);
    assert.deepEqual(fields["description"], ["# Demo ü\n\n\n"]);
    assert.deepEqual([fields["filetype"], fields["pyversion"]], [["bdist_wheel"], ["py3"]]);
    assert.deepEqual([second?.fields["filetype"], second?.fields["pyversion"]], [["sdist"], ["source"]]);
    assert.equal(first?.headers["transfer-encoding"], undefined);
  });

  test("uploads the files, folders and patterns that are named", async () => {
    await using it = await release();
    assertPrinted(await it.publish(["dist/demo_pkg-1.0.tar.gz"]), "dist/demo_pkg-1.0.tar.gz: uploaded\n");
    writeFileSync(join(it.sandbox.cwd, "dist", "notes.txt"), "");
    writeFileSync(join(it.sandbox.cwd, "dist", ".gitignore"), "*");
    assertPrinted(await it.publish(["dist/*.whl"]), "dist/demo_pkg-1.0-py3-none-any.whl: uploaded\n");
    assertFailed(await it.publish(["dist/notes.txt"]), 2, /neither a wheel nor a source distribution/);
    assertFailed(await it.publish(["dist/other.whl"]), 1, /there is no file/, /`posy build`/);
    assertFailed(await it.publish(["."]), 1, /no wheel and no source distribution/, /`posy build`/);
  });

  test("prints JSON, and uploads nothing in a dry run", async () => {
    await using it = await release();
    const run = await it.publish(["--dry-run", "--json"]);
    const data = JSON.parse(run.stdout) as { url: string; files: { filename: string; status: string }[] };
    assert.equal(data.url, it.index.url);
    assert.deepEqual(
      data.files.map(({ filename, status }) => [filename, status]),
      [
        ["demo_pkg-1.0-py3-none-any.whl", "checked"],
        ["demo_pkg-1.0.tar.gz", "checked"],
      ],
    );
    assert.equal(uploads(it.index), 0);
  });

  test("skips files that the index has already, and refuses others of the same name before it sends anything", async () => {
    for (const hashes of ["sha256", "md5", false] as const) {
      await using it = await release({ hashes });
      const check = ["--check-url", it.index.pages];
      assert.equal((await it.publish(["dist/demo_pkg-1.0.tar.gz"])).status, 0);
      assertPrinted(await it.publish(check), both.replace("gz: uploaded", "gz: is there already"));
      assert.equal(uploads(it.index), 2);
      put(it.sandbox, sdist({ files: { "more.py": "" } }));
      assertFailed(
        await it.publish(check),
        1,
        /another file with the name `demo_pkg-1\.0\.tar\.gz`/,
        /posy version/,
      );
      assert.equal(uploads(it.index), 2);
    }
  });

  test("refuses a file that the index has if it does not know the pages of the index", async () => {
    await using it = await release();
    assert.equal((await it.publish()).status, 0);
    assertFailed(
      await it.publish(),
      1,
      /has a file `demo_pkg-1\.0-py3-none-any\.whl` already/,
      /`--check-url`/,
    );
  });
});

describe("the answer of an index", () => {
  const answers: readonly (readonly [string, UploadReply, number, RegExp, RegExp])[] = [
    ["401", { status: 401 }, 69, /asks for credentials \(status 401\)/, /--token/],
    [
      "403 with a reason phrase",
      { status: 403, reason: "Invalid API token" },
      69,
      /status 403\): `Invalid API token`/,
      /--token/,
    ],
    [
      "403 in JSON",
      {
        status: 403,
        headers: { "content-type": "application/json" },
        body: '{"code": "403 no such user", "message": "long"}',
      },
      69,
      /: `no such user`/,
      /--token/,
    ],
    [
      "a web page",
      { body: "<!DOCTYPE html><title>Welcome</title>" },
      69,
      /answers with a web page.*`Welcome`/,
      /upload URL/,
    ],
    ["404", { status: 404 }, 69, /takes no uploads \(status 404\)/, /upload URL/],
    ["405", { status: 405 }, 69, /takes no uploads/, /`\/simple\/`/],
    ["413", { status: 413 }, 69, /takes no files of this size/, /limit/],
    ["400", { status: 400, body: "bad classifier" }, 69, /status 400: `bad classifier`/, /correct it/],
    [
      "400 of an existing file",
      { status: 400, body: "File already exists." },
      1,
      /has a file .* already/,
      /--check-url/,
    ],
    [
      "403 of Artifactory",
      { status: 403, body: "Not enough permissions to delete/overwrite" },
      1,
      /has a file/,
      /--check-url/,
    ],
    [
      "GitLab's 400",
      { status: 400, body: "File name has already been taken" },
      1,
      /has a file/,
      /--check-url/,
    ],
    [
      "a redirect",
      { status: 308, headers: { location: "/legacy" } },
      69,
      /redirects to `http:.*\/legacy`/,
      /--publish-url/,
    ],
  ];
  for (const [title, reply, status, says, hints] of answers) {
    test(`that is ${title} is explained, and the upload is not repeated`, async () => {
      await using it = await release();
      it.index.script(reply);
      assertFailed(await it.publish(), status, says, hints);
      assert.equal(uploads(it.index), 1);
    });
  }

  test("that comes before the whole file was sent is explained", async () => {
    await using it = await release();
    put(it.sandbox, wheel({ files: { "data.bin": randomBytes(8 << 20) } }));
    it.index.script({ early: true, status: 403, reason: "No", headers: { connection: "close" } });
    // Whether the answer arrives before the end of the connection is up to the system.
    const env = { UV_HTTP_RETRIES: "0" };
    assertFailed(await it.publish([], { env }), 69, /status 403|the connection was cut/);
  });

  test("that is 429, 500 or none at all leads to another attempt", async () => {
    await using it = await release();
    it.index.script({ status: 429, headers: atOnce }, { status: 503, headers: atOnce }, { drops: true });
    assertPrinted(await it.publish(), both);
    assert.equal(uploads(it.index), 5);
  });

  test("that stays 429 is an error with the time to wait", async () => {
    await using it = await release();
    const reply = { status: 429, headers: { "retry-after": "1" } };
    it.index.script(reply, reply);
    const env = { UV_HTTP_RETRIES: "1" };
    assertFailed(await it.publish([], { env }), 69, /too many requests/, /after 1 seconds/);
  });

  test("that never comes is an error after the timeout", async () => {
    await using it = await release();
    it.index.script({ hang: true });
    const env = { UV_UPLOAD_HTTP_TIMEOUT: "1", UV_HTTP_RETRIES: "0" };
    assertFailed(await it.publish([], { env }), 69, /no answer in time/);
  });
});

describe("a connection that breaks", () => {
  test("in the middle of a file leads to another attempt", async () => {
    await using it = await release();
    const large = wheel({ files: { "data.bin": randomBytes(6 << 20) } });
    put(it.sandbox, large);
    await using relay = await startCuttingRelay(Number(new URL(it.index.url).port), [1 << 20, 3 << 20]);
    assertPrinted(await it.sandbox.posy(["publish", "--publish-url", `${relay.origin}/legacy/`]), both);
    assert.equal(relay.connections, 4);
    assert.equal(
      createHash("sha256")
        .update(it.index.files[0]?.bytes ?? "")
        .digest("hex"),
      large.sha256,
    );
  });

  test("after the index stored the file does not send it again, if the pages of the index are known", async () => {
    await using it = await release();
    it.index.script({ stores: true, drops: true });
    assertPrinted(await it.publish(["--check-url", it.index.pages]), both);
    assert.equal(uploads(it.index), 2);
    await using other = await release();
    other.index.script({ stores: true, drops: true });
    assertFailed(await other.publish(), 1, /may have been stored before the connection broke/, /--check-url/);
  });

  test("because nobody listens is an error", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    put(sandbox, wheel());
    const env = { UV_HTTP_RETRIES: "0" };
    const run = await sandbox.posy(["publish", "--publish-url", "http://127.0.0.1:9/legacy/"], { env });
    assertFailed(run, 69, /could not be uploaded to `http:\/\/127\.0\.0\.1:9\/legacy\/`: connection refused/);
  });
});

describe("the login of an upload", () => {
  const files: Readonly<
    Record<string, (it: Awaited<ReturnType<typeof release>>) => readonly [string[], PosyOptions["env"]]>
  > = {
    "of options": () => [login, {}],
    "of a token": () => [["--token", "pypi-token-1234"], {}],
    "of the URL": ({ index }) => [["--publish-url", index.url.replace("//", "//me:my-secret-password@")], {}],
    "of Posy's variables": () => [[], { POSY_PUBLISH_USERNAME: "me", POSY_PUBLISH_PASSWORD: me.password }],
    "of uv's variables": () => [[], { UV_PUBLISH_TOKEN: "pypi-token-1234" }],
    "of twine's variables": () => [[], { TWINE_USERNAME: "me", TWINE_PASSWORD: me.password }],
    "of netrc": ({ sandbox }) => {
      writeFileSync(
        join(sandbox.root, "user", ".netrc"),
        "machine 127.0.0.1 login me password my-secret-password\n",
      );
      return [[], {}];
    },
    "of ~/.pypirc": ({ sandbox, index }) => {
      const text = `[distutils]\nindex-servers =\n  other\n  mine\n[mine]\nrepository: ${index.url}\nusername = me\npassword = my-secret-password\n`;
      writeFileSync(join(sandbox.root, "user", ".pypirc"), text);
      return [["--index", "mine"], {}];
    },
    "of a named index": ({ sandbox, index }) => {
      const text = `[project]\nname = "demo-pkg"\nversion = "1.0"\n[[tool.posy.indexes]]\nname = "my-index"\nurl = "${index.pages}"\npublish-url = "${index.url}"\n`;
      writeFileSync(join(sandbox.cwd, "pyproject.toml"), text);
      return [
        ["--index", "my-index"],
        { POSY_INDEX_MY_INDEX_USERNAME: "me", UV_INDEX_MY_INDEX_PASSWORD: me.password },
      ];
    },
    "of a named index of uv": ({ sandbox, index }) => {
      const text = `[project]\nname = "demo-pkg"\nversion = "1.0"\n[[tool.uv.index]]\nname = "mine"\nurl = "${index.pages}"\npublish-url = "${index.url}"\n`;
      writeFileSync(join(sandbox.cwd, "pyproject.toml"), text);
      return [[], { UV_PUBLISH_INDEX: "mine", UV_PUBLISH_USERNAME: "me", UV_PUBLISH_PASSWORD: me.password }];
    },
    "of the keyring program": ({ sandbox }) => {
      const folder = join(sandbox.root, "bin");
      mkdirSync(folder);
      writeFileSync(
        join(folder, "keyring"),
        '#!/bin/sh\n[ "$1 $3" = "get me" ] && echo my-secret-password\n',
        { mode: 0o755 },
      );
      return [
        ["--username", "me", "--keyring-provider", "subprocess"],
        { PATH: `${folder}:${process.env["PATH"]}` },
      ];
    },
  };
  for (const [title, prepare] of Object.entries(files)) {
    test(`is that ${title}`, async () => {
      const isToken = ["of a token", "of uv's variables"].includes(title);
      const auth = isToken ? { username: "__token__", password: "pypi-token-1234" } : me;
      await using it = await release({ auth });
      const [args, env] = prepare(it);
      const named =
        args.includes("--index") || args.includes("--publish-url") || env?.["UV_PUBLISH_INDEX"] !== undefined;
      const run = await (named
        ? it.sandbox.posy(["publish", ...args], { env: env ?? {} })
        : it.publish(args, { env: env ?? {} }));
      assertPrinted(run, both);
      assert.doesNotMatch(run.stderr, /secret|pypi-token/);
    });
  }

  test("that is wrong is an error without the password", async () => {
    await using it = await release({ auth: me });
    const run = await it.publish(["--username", "me", "--password", "a-wrong-password", "-v"]);
    assertFailed(run, 69, /refuses the credentials/, /check the token/);
    assert.doesNotMatch(run.stderr, /a-wrong-password/);
  });

  test("is not sent to another host", async () => {
    await using it = await release();
    await using other = await startUploadServer();
    it.index.script({ status: 307, headers: { location: other.url } });
    assertFailed(await it.publish(login), 69, /redirects to/, /--publish-url/);
    assert.equal(other.requests.length, 0);
    assert.equal((await it.publish([...login, "--check-url", other.pages])).status, 0);
    assert.ok(other.requests.length > 0);
    assert.ok(other.requests.every(({ authorization }) => authorization === undefined));
  });

  test("is refused in mixtures", async () => {
    await using it = await release();
    assertFailed(await it.publish(["--token", "x", "--username", "me"]), 2, /`--token` and `--username`/);
    assertFailed(await it.publish(["--index", "x"]), 2, /`--publish-url` and `--index`/);
    assertFailed(
      await it.sandbox.posy(["publish", "--index", "x"]),
      2,
      /no index has the name `x`/,
      /publish-url/,
    );
    assertFailed(await it.publish(["--username", "me"]), 69, /no password of the user `me`/, /keyring/);
  });

  test("is needed for the public index, and that index is not chosen if the settings replace it", async () => {
    await using it = await release();
    assertFailed(
      await it.sandbox.posy(["publish", "--offline", "--dry-run"], {}),
      69,
      /could not be|network is off/,
    );
    const env = { UV_DEFAULT_INDEX: it.index.pages };
    const run = await it.sandbox.posy(["publish"], { env });
    assertFailed(run, 2, /`UV_DEFAULT_INDEX` replaces the public index/, /--publish-url/);
  });
});

describe("a proxy", () => {
  test("between Posy and the index passes an upload on", async () => {
    await using it = await release({ auth: me });
    await using relay = await startRelay(() => `${it.index.origin}/`);
    const url = "http://index.example/legacy/";
    const env = { HTTP_PROXY: relay.url };
    const run = await it.sandbox.posy(["publish", "--publish-url", url, ...login], { env });
    assertPrinted(run, both);
  });
});

describe("trusted publishing", () => {
  const jwt = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln`;
  const identity = jwt({ repository: "me/demo", job_workflow_ref: "me/demo/release.yml" });

  function withOidc(index: UploadServer): PosyOptions["env"] {
    index.answer("GET /_/oidc/audience", () => ({ data: { audience: "testpypi" } }));
    index.answer("GET /token", (_, { authorization }) =>
      authorization === "bearer request-token-1" ? { data: { value: identity } } : { status: 401, data: {} },
    );
    index.answer("POST /_/oidc/mint-token", (body) =>
      (JSON.parse(body) as { token: string }).token === identity
        ? { data: { success: true, token: "pypi-minted-token" } }
        : {
            status: 422,
            data: {
              message: "Token request failed",
              errors: [{ code: "invalid-publisher", description: "no publisher" }],
            },
          },
    );
    return {
      GITHUB_ACTIONS: "true",
      ACTIONS_ID_TOKEN_REQUEST_URL: `${index.origin}/token?v=1`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token-1",
    };
  }
  const auth = { username: "__token__", password: "pypi-minted-token" };

  test("in GitHub Actions exchanges the identity of the job for a token", async () => {
    await using it = await release({ auth });
    const env = withOidc(it.index);
    const run = await it.publish([], { env: env ?? {} });
    assertPrinted(run, both);
    assert.doesNotMatch(run.stderr, /minted|request-token|e30/);
  });

  test("in GitLab CI takes the identity from the variable of the audience", async () => {
    await using it = await release({ auth });
    withOidc(it.index);
    const env = { GITLAB_CI: "true", TESTPYPI_ID_TOKEN: identity };
    assertPrinted(await it.publish(["--trusted-publishing", "always"], { env }), both);
  });

  test("that the index refuses is an error with the claims of the job", async () => {
    await using it = await release({ auth });
    withOidc(it.index);
    const env = { GITLAB_CI: "true", TESTPYPI_ID_TOKEN: jwt({ project_path: "me/other" }) };
    assertFailed(
      await it.publish([], { env }),
      69,
      /does not trust this job.*`Token request failed`/,
      /project_path `me\/other`/,
    );
    assert.equal(uploads(it.index), 1);
  });

  test("is an error if it must be used and cannot", async () => {
    await using it = await release();
    const always = ["--trusted-publishing", "always"];
    assertFailed(await it.publish(always), 69, /no job of GitHub Actions or GitLab CI/);
    const env = { GITHUB_ACTIONS: "true" };
    assertFailed(await it.publish(always, { env }), 69, /may not ask for an identity/, /id-token: write/);
    assertFailed(await it.publish([...always, ...login]), 2, /there are credentials/);
    const gitlab = { GITLAB_CI: "true" };
    assertFailed(await it.publish(always, { env: gitlab }), 69, /does not support trusted publishing/);
    assert.equal(uploads(it.index), 0);
  });

  test("is not tried if there are credentials, and never sends a token over plain http", async () => {
    await using it = await release({ auth: me });
    const env = withOidc(it.index);
    assertPrinted(await it.publish(login, { env: env ?? {} }), both);
    assert.ok(it.index.requests.every(({ line }) => !line.includes("oidc")));
    await using relay = await startRelay(() => `${it.index.origin}/`);
    const url = ["--publish-url", "http://index.example/legacy/", "--trusted-publishing", "always"];
    const run = await it.sandbox.posy(["publish", ...url], { env: { ...env, HTTP_PROXY: relay.url } });
    assertFailed(run, 69, /needs `https:`/);
    assert.ok(it.index.requests.every(({ line }) => !line.includes("oidc")));
  });
});

describe("before anything is sent", () => {
  const broken: readonly (readonly [string, readonly MadeFile[], number, RegExp, RegExp])[] = [
    [
      "metadata of another version",
      [wheel({ rawMetadata: metadata(["Version: 2.0"]) })],
      76,
      /has the metadata of `demo-pkg 2\.0`/,
      /posy build/,
    ],
    [
      "metadata of another name",
      [sdist({ pkgInfo: metadata(["Name: other"]) })],
      76,
      /has the metadata of `other 1\.0`/,
      /posy build/,
    ],
    ["a wheel without METADATA", [wheel({ distInfo: "x-1.0.dist-info" })], 76, /has no `METADATA`/, /./],
    [
      "a source distribution without PKG-INFO",
      [sdist({ pkgInfo: false, files: { a: "" } })],
      76,
      /has no `PKG-INFO`/,
      /posy build/,
    ],
    [
      "a damaged archive",
      [{ filename: "demo_pkg-1.0.tar.gz", bytes: sdist().bytes.subarray(0, 90) }],
      76,
      /demo_pkg-1\.0\.tar\.gz`/,
      /./,
    ],
    [
      "a wheel that is cut off",
      [{ filename: "demo_pkg-1.0-py3-none-any.whl", bytes: wheel().bytes.subarray(0, 200) }],
      76,
      /./,
      /./,
    ],
    [
      "a private classifier",
      [wheel({ metadata: ["Classifier: Private :: Do Not Upload", ...readme] })],
      1,
      /`Private :: Do Not Upload` forbids/,
      /classifier/,
    ],
    [
      "an unknown content type",
      [wheel({ metadata: ["Description-Content-Type: text/html", "", "x"] })],
      76,
      /text\/html/,
      /`text\/markdown`/,
    ],
    [
      "a requirement that is none",
      [wheel({ metadata: ["Requires-Dist: foo (>=1.0", ...readme] })],
      76,
      /Requires-Dist|foo/,
      /./,
    ],
    [
      "metadata of an unknown version",
      [wheel({ rawMetadata: metadata(["Metadata-Version: 2.9"]) })],
      76,
      /does not know `Metadata-Version: 2\.9`/,
      /newer/,
    ],
    [
      "two names of one wheel",
      [wheel(), wheel({ filename: "Demo.Pkg-1.0-py3-none-any.whl" })],
      2,
      /are the same file/,
      /remove one/,
    ],
    [
      "two versions",
      [wheel(), wheel({ version: "1.1" })],
      2,
      /several versions of `demo-pkg`: 1\.0 and 1\.1/,
      /dist\/\*-1\.1\*/,
    ],
    [
      "a name that is none of a wheel",
      [{ filename: "demo.whl", bytes: wheel().bytes }],
      76,
      /is not the name of a distribution/,
      /./,
    ],
  ];
  for (const [title, made, status, says, hints] of broken) {
    test(`${title} is refused`, async () => {
      using sandbox = await newSandbox({ interpreter: false });
      await using index = await startUploadServer();
      put(sandbox, ...made);
      assertFailed(await sandbox.posy(["publish", "--publish-url", index.url]), status, says, hints);
      assert.equal(index.requests.length, 0);
    });
  }

  test("all files that are wrong are listed", async () => {
    await using it = await release();
    put(
      it.sandbox,
      wheel({ rawMetadata: metadata(["Version: 2.0"]) }),
      sdist({ pkgInfo: metadata(["Version: 3.0"]) }),
    );
    assertFailed(
      await it.publish(),
      76,
      /2 of 2 files can't be uploaded:\n.*demo-pkg 2\.0.*\n.*demo-pkg 3\.0/,
    );
  });

  test("two versions that are named are not refused", async () => {
    await using it = await release();
    put(it.sandbox, wheel({ version: "1.1" }));
    const named = ["dist/demo_pkg-1.1-py3-none-any.whl", "dist/demo_pkg-1.0-py3-none-any.whl"];
    const run = await it.publish(named);
    assertPrinted(
      run,
      named
        .toReversed()
        .map((path) => `${path}: uploaded\n`)
        .join(""),
    );
  });

  test("a person is warned of what the public index refuses, and of a README that was not rendered", async () => {
    await using it = await release();
    const more = ["Requires-Dist: foo @ https://example.org/foo-1.0.tar.gz", "", "Title\n=====\n"];
    put(it.sandbox, wheel({ metadata: more }));
    const run = await it.publish(["--dry-run"], { env: { UV_NO_INDEX: "1" } });
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stderr, /has no content type|content type, so indexes read it as reStructuredText/);
    assert.match(run.stderr, /requires `foo` from a URL/);
    assert.match(run.stderr, /was not rendered, because `readme-renderer` is not available/);
    const quiet = await it.publish(["--dry-run", "--no-readme-check"], { env: { UV_NO_INDEX: "1" } });
    assert.doesNotMatch(quiet.stderr, /rendered/);
  });
});

describe("an attestation", () => {
  const attestation = (filename: string, sha256: string) =>
    JSON.stringify({
      version: 1,
      verification_material: { certificate: "MA==", transparency_entries: [] },
      envelope: {
        statement: Buffer.from(
          JSON.stringify({ subject: [{ name: filename, digest: { sha256 } }] }),
        ).toString("base64"),
        signature: "MA==",
      },
    });
  const whl = wheel();

  test("next to a file is uploaded with it, unless an option or a variable forbids it", async () => {
    await using it = await release();
    const text = attestation(whl.filename, whl.sha256);
    put(it.sandbox, { filename: `${whl.filename}.publish.attestation`, bytes: Buffer.from(`${text}\n`) });
    assert.equal((await it.publish()).status, 0);
    assert.deepEqual(
      it.index.files.map(({ fields }) => fields["attestations"]),
      [[`[${text}]`], undefined],
    );
    for (const [args, env] of [
      [["--no-attestations"], {}],
      [[], { UV_PUBLISH_NO_ATTESTATIONS: "1" }],
    ] as const) {
      await using other = await startUploadServer();
      const run = await it.sandbox.posy(["publish", "--publish-url", other.url, ...args], { env });
      assert.equal(run.status, 0, run.stderr);
      assert.deepEqual(
        other.files.map(({ fields }) => fields["attestations"]),
        [undefined, undefined],
      );
    }
  });

  test("of other content, or that is none, is refused", async () => {
    for (const text of [
      attestation(whl.filename, "0".repeat(64)),
      attestation("other.whl", whl.sha256),
      "{}",
      "nothing",
    ]) {
      await using it = await release();
      put(it.sandbox, { filename: `${whl.filename}.publish.attestation`, bytes: Buffer.from(text) });
      assertFailed(
        await it.publish(),
        76,
        /attests other content|is not an attestation/,
        /--no-attestations/,
      );
      assert.equal(it.index.requests.length, 0);
    }
  });
});

/** Returns METADATA in which some lines replace those of the same field. */
function metadata(lines: readonly string[]): string {
  const usual = ["Metadata-Version: 2.1", "Name: Demo_Pkg", "Version: 1.0"];
  const replaced = usual.map(
    (line) => lines.find((other) => other.split(":")[0] === line.split(":")[0]) ?? line,
  );
  return [...replaced, ...readme].join("\n");
}

function randomBytes(count: number): Buffer {
  const bytes = Buffer.alloc(count);
  let state = 1;
  for (let index = 0; index < count; index += 1) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    bytes[index] = state >> 16;
  }
  return bytes;
}
