import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { openPackageDB } from "../../../src/packages/open-package-db.ts";
import { type IndexSettings, plainIndexSettings } from "../../../src/packages/index-settings.ts";
import { openStandalone, type PythonIdentity } from "../../../src/pythons/standalone/open-standalone.ts";
import { readPythonMirror } from "../../../src/pythons/standalone/python-mirror.ts";
import { fingerprint } from "../../../src/system/fs/fingerprint.ts";
import { homeAt } from "../../../src/system/fs/home.ts";
import { parsePackageName } from "../../../src/vocab/requirement/index.ts";
import { startIndex } from "../../support/index-server.ts";
import { recordingReporter } from "../../support/recording-reporter.ts";
import { linux, serve, sumsOf, type TestArchive, testArchive } from "../../support/standalone-archive.ts";
import { newSandbox } from "../sandbox.ts";

const repository = "/astral-sh/python-build-standalone";
const latestSums = `${repository}/releases/latest/download/SHA256SUMS`;
const allVersions = "/astral-sh/versions/raw/main/v1/python-build-standalone.ndjson";

const newest = testArchive("3.13.5+20250612");
const freeThreaded = testArchive("3.13.5+20250612", `${linux}-freethreaded-install_only_stripped.tar.gz`);
const forMac = testArchive("3.13.5+20250612", "aarch64-apple-darwin-install_only_stripped.tar.gz");
const older = testArchive("3.12.9+20250205");
const oldest = testArchive("3.8.18+20240107");

const plain =
  (version: string) =>
  (python: PythonIdentity): boolean =>
    python.platform === "linux-x86_64" && !python.freeThreaded && python.version.startsWith(version);

/** Opens the mirror as a new process would. `root` has the cache of earlier ones. */
function opened(
  root: string,
  mirror: string | undefined,
  change: { index?: Partial<IndexSettings>; environment?: NodeJS.ProcessEnv } = {},
) {
  const environment = { HOME: join(root, "user"), ...change.environment };
  const reporter = recordingReporter();
  const standalone = openStandalone(
    readPythonMirror({ option: mirror, environment, configured: undefined, cwd: root }),
    {
      home: homeAt(join(root, "data"), join(root, "cache")),
      index: { ...plainIndexSettings, retries: 0, ...change.index },
      environment,
      reporter,
    },
  );
  assert.ok(standalone);
  return { standalone, reporter };
}

async function versions(root: string, mirror: string | undefined, version: string, index = {}) {
  const { standalone } = opened(root, mirror, { index });
  return (await standalone.interpreters(plain(version))).map((python) => python.version);
}

/** Changes fields of all cached listings. */
function age(root: string, change: object): void {
  const folder = join(root, "cache", "http-v2");
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...change }));
  }
}

const versionsLine = ({ filename, sha256 }: TestArchive) =>
  `${JSON.stringify({ version: "x", artifacts: [{ url: `https://x.example/${encodeURIComponent(filename)}`, sha256 }] })}\n`;

describe("a mirror with the publisher's layout", () => {
  test("needs one request for the newest release, and caches it for a day", async () => {
    using sandbox = newSandbox();
    await using index = await startIndex();
    serve(index, "", { [latestSums.slice(1)]: sumsOf([newest, freeThreaded, forMac]) });
    const mirror = `${index.origin}${repository}/releases/download/`;
    const { standalone } = opened(sandbox.root, mirror);
    const found = await standalone.interpreters(() => true);
    assert.deepEqual(
      found.map(({ version, platform, platformTags, freeThreaded: free }) => [
        version,
        platform,
        platformTags[0],
        free,
      ]),
      [
        ["3.13.5", "linux-x86_64", "manylinux_2_17_x86_64", false],
        ["3.13.5", "linux-x86_64", "manylinux_2_17_x86_64", true],
        ["3.13.5", "macos-arm64", "macosx_11_0_arm64", false],
      ],
    );
    assert.deepEqual(found[0]?.source, {
      kind: "standalone",
      url: `${index.origin}${repository}/releases/download/20250612/${encodeURIComponent(newest.filename)}`,
      filename: newest.filename,
      hashes: { sha256: newest.sha256 },
    });
    assert.deepEqual(await versions(sandbox.root, mirror, "3.13"), ["3.13.5"]);
    assert.deepEqual(await versions(sandbox.root, mirror, "3.13", { offline: true }), ["3.13.5"]);
    assert.equal(index.requests.length, 1);
    assert.deepEqual(await versions(sandbox.root, mirror, "3.13", { refresh: true }), ["3.13.5"]);
    age(sandbox.root, { asked: Date.now() - 25 * 3600_000 });
    assert.deepEqual(await versions(sandbox.root, mirror, "3.13", { offline: true }), ["3.13.5"]);
    assert.equal(index.requests.length, 2);
    assert.deepEqual(await versions(sandbox.root, mirror, "3.13"), ["3.13.5"]);
    assert.equal(index.requests.length, 3);
  });

  test("requests the index of all versions only if the newest release has nothing that fits", async () => {
    using sandbox = newSandbox();
    await using index = await startIndex();
    serve(index, "", {
      [latestSums.slice(1)]: sumsOf([newest]),
      [allVersions.slice(1)]: [newest, older, oldest].map(versionsLine).join(""),
    });
    const mirror = `${index.origin}${repository}/releases/download`;
    assert.deepEqual(await versions(sandbox.root, mirror, "3"), ["3.13.5"]);
    assert.equal(index.count(allVersions), 0);
    assert.deepEqual(await versions(sandbox.root, mirror, "3.12.9"), ["3.12.9"]);
    assert.deepEqual(await versions(sandbox.root, mirror, "3.8"), ["3.8.18"]);
    assert.deepEqual(await versions(sandbox.root, mirror, "3.7"), []);
    assert.equal(index.count(allVersions), 1);
  });
});

describe("a mirror with another layout", () => {
  test("may have its archives and SHA256SUMS in one folder", async () => {
    using sandbox = newSandbox();
    await using index = await startIndex();
    serve(index, "/m", { SHA256SUMS: sumsOf([newest, older]) });
    const { standalone } = opened(sandbox.root, `${index.origin}/m`);
    const [python] = await standalone.interpreters(plain("3.12"));
    const url = python?.source.kind === "standalone" ? python.source.url : "";
    assert.equal(url, `${index.origin}/m/${encodeURIComponent(older.filename)}`);
  });

  for (const [what, page] of [
    ["a web page", '<a href="20240107/">20240107/</a><a href="20250205/">x</a><a href="../">up</a>'],
    [
      "JSON",
      JSON.stringify([
        { name: "20250205/", type: "dir" },
        { name: "20240107/", type: "dir" },
      ]),
    ],
  ] as const) {
    test(`may have a folder per date, listed by ${what}; older dates are read only if needed`, async () => {
      using sandbox = newSandbox();
      await using index = await startIndex();
      serve(index, "/m", {
        "": page,
        "20250205/SHA256SUMS": sumsOf([older]),
        "20240107/SHA256SUMS": sumsOf([oldest]),
      });
      const { standalone } = opened(sandbox.root, `${index.origin}/m/`);
      const [python] = await standalone.interpreters(plain("3"));
      const url = python?.source.kind === "standalone" ? python.source.url : "";
      assert.equal(url, `${index.origin}/m/20250205/${encodeURIComponent(older.filename)}`);
      assert.equal(index.count("/m/20240107/SHA256SUMS"), 0);
      assert.deepEqual(await versions(sandbox.root, `${index.origin}/m`, "3.8"), ["3.8.18"]);
    });
  }

  for (const layout of ["flat", "by date", "without sums", "file: URL"]) {
    test(`may be a folder on this disk (${layout}), which lists the archives that exist`, async () => {
      using sandbox = newSandbox();
      const folder = join(sandbox.root, "m");
      for (const archive of [newest, oldest]) {
        const [, date = ""] = /\+(\d+)/.exec(archive.filename) ?? [];
        const into = layout === "by date" ? join(folder, date) : folder;
        mkdirSync(into, { recursive: true });
        writeFileSync(join(into, archive.filename), archive.bytes);
        if (layout !== "without sums")
          writeFileSync(join(into, "SHA256SUMS"), sumsOf([newest, older, oldest]));
      }
      const { standalone } = opened(sandbox.root, layout === "file: URL" ? pathToFileURL(folder).href : "m");
      const found = await standalone.interpreters(() => true);
      assert.deepEqual(
        found.map(({ version, source }) => [
          version,
          "hashes" in source && source.hashes["sha256"],
          "size" in source && source.size,
        ]),
        [
          ["3.13.5", newest.sha256, newest.bytes.length],
          ["3.8.18", oldest.sha256, oldest.bytes.length],
        ],
      );
      const source = { kind: "standalone", url: "https://elsewhere.example/x", hashes: {} } as const;
      assert.match(await standalone.locate({ ...source, filename: oldest.filename }), /^file:.*3\.8\.18/);
      // If the mirror lacks an archive, no other source is asked.
      const lacking = standalone.locate({ ...source, filename: older.filename });
      await assert.rejects(lacking, { code: "not-found", message: /there is no `cpython-3.12.9/ });
    });
  }
});

describe("a mirror that can't be used", () => {
  const says =
    (mirror: (origin: string) => string, script: Readonly<Record<string, object>>, expected: object) =>
    async () => {
      using sandbox = newSandbox();
      await using index = await startIndex();
      for (const [path, reply] of Object.entries(script)) index.always(path, reply);
      const { standalone } = opened(sandbox.root, mirror(index.origin));
      await assert.rejects(standalone.interpreters(plain("3")), expected);
    };
  const page = { status: 200, body: "<html>Log in</html>", headers: { "content-type": "text/html" } };
  const atM = (origin: string) => `${origin}/m`;

  test(
    "is an error if nothing listens at its address",
    says(() => "http://127.0.0.1:9/m", {}, { code: "network", hint: /correct `--python-mirror`.*`off`/ }),
  );
  test(
    "is an error if it has no archives",
    says(atM, {}, { code: "not-found", message: /no archives of python-build-standalone at/ }),
  );
  test(
    "is an error if it answers with a login page",
    says(atM, { "*": page }, { code: "http-status", message: /not a list of Pythons/ }),
  );
  test(
    "is an error if it refuses access",
    says(atM, { "*": { status: 403 } }, { code: "authentication", hint: /credentials/ }),
  );
  test(
    "is an error if the folder does not exist",
    says(() => "nowhere", {}, { code: "not-found", hint: /correct `--python-mirror`/ }),
  );
  test(
    "is an error if the folder is empty",
    says(() => ".", {}, { code: "not-found", hint: /correct `--python-mirror`/ }),
  );

  test("is an error offline if nothing is cached", async () => {
    using sandbox = newSandbox();
    const { standalone } = opened(sandbox.root, "http://127.0.0.1:9/m", { index: { offline: true } });
    await assert.rejects(standalone.interpreters(plain("3")), {
      code: "offline",
      hint: /without `--offline`/,
    });
  });

  test("causes a warning, and its cached listing is used", async () => {
    using sandbox = newSandbox();
    const index = await startIndex();
    serve(index, "/m", { SHA256SUMS: sumsOf([newest]) });
    assert.deepEqual(await versions(sandbox.root, `${index.origin}/m`, "3"), ["3.13.5"]);
    await index.close();
    age(sandbox.root, { asked: Date.now() - 48 * 3600_000 });
    const { standalone, reporter } = opened(sandbox.root, `${index.origin}/m`);
    assert.equal((await standalone.interpreters(plain("3"))).length, 1);
    assert.match(JSON.stringify(reporter.events), /the cached listing is used/);
  });

  test("causes a warning if its listing can't be cached, besides the one about index pages", async () => {
    using sandbox = newSandbox();
    await using index = await startIndex({
      files: [{ filename: "foo-1.0-py3-none-any.whl", bytes: Buffer.alloc(1) }],
    });
    serve(index, "/m", { SHA256SUMS: sumsOf([newest]) });
    writeFileSync(join(sandbox.root, "cache"), "a file where the folder should be");
    const { standalone, reporter } = opened(sandbox.root, `${index.origin}/m`);
    assert.equal((await standalone.interpreters(plain("3"))).length, 1);
    const home = homeAt(join(sandbox.root, "data"), join(sandbox.root, "cache"));
    const db = openPackageDB({
      home,
      index: { ...plainIndexSettings, indexes: [{ url: index.url }] },
      reporter,
    });
    await db.project(parsePackageName("foo"));
    const warnings = reporter.events.flatMap((event) => (event.kind === "warning" ? [event] : []));
    const keys = (text: RegExp) => warnings.flatMap(({ message, key }) => (text.test(message) ? [key] : []));
    const [ofListing, ...others] = keys(/listing of Pythons could not be cached/);
    assert.deepEqual(others, []);
    assert.ok(ofListing !== undefined);
    const ofPages = keys(/index page could not be kept/);
    assert.equal(ofPages.length, 1);
    assert.ok(!ofPages.includes(ofListing));
  });

  test("only causes a warning if uv's variable names it", async () => {
    using sandbox = newSandbox();
    const environment = { UV_PYTHON_INSTALL_MIRROR: "http://127.0.0.1:9/m" };
    const { standalone, reporter } = opened(sandbox.root, undefined, { environment });
    assert.deepEqual(await standalone.interpreters(plain("3")), []);
    const [event] = reporter.events;
    assert.equal(event?.kind, "warning");
    assert.match(JSON.stringify(event), /UV_PYTHON_INSTALL_MIRROR/);
    const quiet = opened(sandbox.root, undefined, { environment, index: { offline: true } });
    assert.deepEqual(await quiet.standalone.interpreters(plain("3")), []);
    assert.deepEqual(
      quiet.reporter.events.map(({ kind }) => kind),
      ["debug"],
    );
  });
});

describe("a publisher that can't be reached", () => {
  /** Starts a proxy that gets all requests to the publisher, and forwards none. */
  async function proxied(answer: (server: Server) => void) {
    const server = createServer();
    let connections = 0;
    server.on("connection", (socket) => {
      connections += 1;
      socket.on("error", () => {});
    });
    answer(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const proxy = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return {
      environment: { HTTPS_PROXY: proxy, NO_PROXY: "" },
      connections: () => connections,
      [Symbol.dispose]: () => void server.close(),
    };
  }

  test("takes three seconds once, and is then not requested for about fifty minutes", async () => {
    using sandbox = newSandbox();
    using proxy = await proxied(() => {});
    const ask = async (index = {}) => {
      const start = performance.now();
      const { standalone, reporter } = opened(sandbox.root, "default", {
        environment: proxy.environment,
        index,
      });
      assert.deepEqual(await standalone.interpreters(plain("3")), []);
      assert.deepEqual(
        reporter.events.map(({ kind }) => kind),
        ["debug"],
      );
      return performance.now() - start;
    };
    assert.ok((await ask({ offline: true })) < 1000);
    assert.equal(proxy.connections(), 0);
    const first = await ask({ retries: 3, timeout: 30 });
    assert.ok(first > 2500 && first < 6000, `${first}`);
    assert.equal(proxy.connections(), 1);
    assert.ok((await ask()) < 1000);
    assert.equal(proxy.connections(), 1);
    const [file = ""] = readdirSync(join(sandbox.root, "cache", "http-v2"));
    const cached = JSON.parse(readFileSync(join(sandbox.root, "cache", "http-v2", file), "utf8"));
    const pause = cached.pausedUntil - Date.now();
    assert.ok(pause > 2_000_000 && pause < 6_000_000, `${pause}`);
  });

  test("is requested again after a minute, or with --refresh, if the connection fails at once", async () => {
    using sandbox = newSandbox();
    using proxy = await proxied((server) =>
      server.on(
        "connection",
        (socket) => void socket.end("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n"),
      ),
    );
    const ask = async (index = {}) => {
      const { standalone, reporter } = opened(sandbox.root, "default", {
        environment: proxy.environment,
        index,
      });
      assert.deepEqual(await standalone.interpreters(plain("3")), []);
      return reporter.cacheInputs.map(({ file, freshUntil }) => [
        file !== undefined && fingerprint(file[0]) === file[1],
        Math.round((freshUntil - Date.now()) / 1000),
      ]);
    };
    assert.deepEqual(await ask(), [[true, 60]]);
    assert.deepEqual(await ask(), [[true, 60]]);
    const before = proxy.connections();
    assert.equal(before, 1);
    await ask({ refresh: true });
    assert.equal(proxy.connections(), 2);
    age(sandbox.root, { pausedUntil: Date.now() - 1 });
    await ask();
    assert.equal(proxy.connections(), 3);
  });
});

test("the mirror is set by option, then POSY_PYTHON_MIRROR, then uv's variable, then uv's files", () => {
  const read = (option: string | undefined, environment: NodeJS.ProcessEnv = {}, configured?: string) => {
    const mirror = readPythonMirror({ option, environment, configured, cwd: "/work" });
    if (mirror.kind !== "mirror") return mirror.kind;
    return `${mirror.location}${mirror.optional ? " (optional)" : ""}${mirror.credentials ? " (credentials)" : ""}`;
  };
  const uv = { UV_PYTHON_INSTALL_MIRROR: "https://uv.example/m" };
  assert.equal(read("m", uv), join("/work", "m"));
  assert.equal(read("file:///m/x"), "file:///m/x");
  assert.equal(read("https://me:secret@own.example/m"), "https://own.example/m (credentials)");
  assert.equal(read(undefined), "publisher");
  assert.equal(read("off", uv), "off");
  assert.equal(read("default", uv), "publisher");
  assert.equal(read(undefined, uv), "https://uv.example/m (optional)");
  assert.equal(
    read(undefined, { ...uv, POSY_PYTHON_MIRROR: "https://own.example/m" }),
    "https://own.example/m",
  );
  assert.equal(read(undefined, { ...uv, POSY_PYTHON_MIRROR: "off" }), "off");
  assert.equal(read(undefined, uv, "https://file.example/m"), "https://uv.example/m (optional)");
  assert.equal(read(undefined, {}, "https://file.example/m"), "https://file.example/m (optional)");
  assert.throws(() => read(""), { code: "invalid-url" });
  assert.throws(() => read("s3://bucket/x"), { code: "invalid-url" });
});
