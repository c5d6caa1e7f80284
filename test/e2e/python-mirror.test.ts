import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox, seedHome } from "../support/posy.ts";
import { serve, sumsOf, type TestArchive, testArchive } from "../support/standalone-archive.ts";
import { type NewTarMember, writeTar } from "../support/tar-writer.ts";

const date = "20260203";
const arch = process.arch === "arm64" ? "aarch64" : "x86_64";
const rest = `${arch}-unknown-linux-gnu-install_only_stripped.tar.gz`;

let packing: Promise<TestArchive> | undefined;

/** Packs the interpreter of the tests in the layout of python-build-standalone. It can be run. */
function realArchive(): Promise<TestArchive> {
  packing ??= pack();
  return packing;
}

async function pack(): Promise<TestArchive> {
  const pythons = join(await seedHome(), "data", "pythons-v1");
  const tree = join(pythons, readdirSync(pythons)[0] ?? "");
  const [, version = ""] =
    /^Version: (\S+)$/m.exec(readFileSync(join(tree, "pybi-info", "METADATA"), "utf8")) ?? [];
  const members = readdirSync(tree, { recursive: true, encoding: "utf8" }).flatMap(
    (path): readonly NewTarMember[] => {
      const full = join(tree, path);
      const stats = lstatSync(full);
      if (stats.isDirectory() || /^(pybi-info|include|share)|__pycache__|site-packages/.test(path)) return [];
      const member = { path: `python/${path}`, mode: stats.mode & 0o777 };
      return [
        stats.isSymbolicLink()
          ? { ...member, target: readlinkSync(full) }
          : { ...member, data: readFileSync(full) },
      ];
    },
  );
  const bytes = gzipSync(writeTar(members), { level: 1 });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { filename: `cpython-${version}+${date}-${rest}`, bytes, sha256 };
}

const tell = "import sys, ssl, sysconfig; print(sys.version.split()[0], sys.base_prefix)";

function assertRan(sandbox: Sandbox, run: Awaited<ReturnType<Sandbox["posy"]>>, archive: TestArchive): void {
  const version = archive.filename.split("-")[1]?.split("+")[0];
  assertPrinted(run, `${version} ${join(sandbox.home, "data", "pythons-v1", archive.sha256)}\n`);
}

describe("--python-mirror", { skip: process.platform !== "linux" }, () => {
  test("downloads and runs an interpreter from a mirror over HTTP with releases by date", async () => {
    const archive = await realArchive();
    using sandbox = await newSandbox({ interpreter: false });
    await using index = await startIndex();
    serve(index, "/m", {
      "": `<a href="${date}/">`,
      [`${date}/SHA256SUMS`]: sumsOf([archive]),
      [`${date}/${archive.filename}`]: archive.bytes,
    });
    const mirror = `${index.origin}/m`;
    assertRan(
      sandbox,
      await sandbox.posy(["run", "--python-mirror", mirror, "--", "python", "-c", tell]),
      archive,
    );
    // The listing is cached: another command sends no request.
    const before = index.requests.length;
    const again = await sandbox.posy(["python", "find", "--python-mirror", mirror, "--offline"]);
    assert.equal(again.status, 0, again.stderr);
    assert.match(again.stdout, new RegExp(archive.sha256));
    assert.equal(index.requests.length, before);
    const listed = await sandbox.posy(["python", "list"], { env: { POSY_PYTHON_MIRROR: mirror } });
    assert.match(listed.stdout.split("\n")[0] ?? "", /^cpython 3\.\d+\.\d+ +linux-\S+ +in the store/);
  });

  test("uses a folder that uv's environment variable names", async () => {
    const archive = await realArchive();
    using sandbox = await newSandbox({ interpreter: false });
    const folder = join(sandbox.root, "mirror", date);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, archive.filename), archive.bytes);
    const env = {
      POSY_PYTHON_MIRROR: undefined,
      UV_PYTHON_INSTALL_MIRROR: `file://${join(sandbox.root, "mirror")}`,
    };
    assertRan(sandbox, await sandbox.posy(["run", "--", "python", "-c", tell], { env }), archive);
  });

  test("resolves for other platforms from file names and hashes only", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    const triples = ["x86_64-unknown-linux-musl", "aarch64-apple-darwin", "x86_64-pc-windows-msvc"];
    const archives = triples.map((triple) =>
      testArchive(`3.13.5+${date}`, `${triple}-install_only_stripped.tar.gz`),
    );
    await using index = await startIndex({ files: [makeWheel({ name: "thing", version: "1.0" })] });
    serve(index, "/m", { SHA256SUMS: sumsOf(archives) });
    const platforms = ["linux-x86_64-musl", "macos-arm64", "windows-x86_64"];
    const run = await sandbox.posy([
      "resolve",
      "thing",
      "--json",
      "-i",
      index.url,
      `--python-mirror=${index.origin}/m`,
      ...platforms.flatMap((platform) => ["--platform", platform]),
    ]);
    assert.equal(run.status, 0, run.stderr);
    const { targets } = JSON.parse(run.stdout) as {
      targets: { platform: string; python: { source: { kind: string; hashes: { sha256: string } } } }[];
    };
    assert.deepEqual(
      targets.map(({ platform, python }) => [platform, python.source.kind, python.source.hashes.sha256]),
      platforms.map((platform, index) => [platform, "standalone", archives[index]?.sha256]),
    );
    assert.equal(index.count("/m/*"), 1);
  });

  test("sends its credentials for the archive too, and never prints them", async () => {
    const archive = await realArchive();
    using sandbox = await newSandbox({ interpreter: false });
    const files: Record<string, string | Buffer> = {
      "/m/SHA256SUMS": sumsOf([archive]),
      [`/m/${archive.filename}`]: archive.bytes,
    };
    const server = createServer((request, response) => {
      const body = files[decodeURIComponent(request.url ?? "")];
      const known = request.headers.authorization === `Basic ${Buffer.from("me:secret").toString("base64")}`;
      response.writeHead(known ? (body === undefined ? 404 : 200) : 401).end(known ? body : "");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const host = `127.0.0.1:${(server.address() as AddressInfo).port}/m`;
      const run = (mirror: string) =>
        sandbox.posy(["run", "--python-mirror", mirror, "--", "python", "-c", tell]);
      assertFailed(await run(`http://me:wrong@${host}`), 69, /can't use the Pythons at /);
      const good = await run(`http://me:secret@${host}`);
      assertRan(sandbox, good, archive);
      assert.doesNotMatch(good.stderr, /secret/);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  test("falls back silently to the catalogue when `default` can't be reached", async () => {
    using sandbox = await newSandbox();
    // The proxy does not exist, so no request arrives.
    const env = { POSY_PYTHON_MIRROR: "default", HTTPS_PROXY: "http://127.0.0.1:9" };
    const run = await sandbox.posy(["run", "--", "python", "-c", "print(1)"], { env });
    assertPrinted(run, "1\n");
    assert.equal(run.stderr, "");
    const told = await sandbox.posy(["python", "find", "-v"], { env });
    assert.match(told.stderr, /could not be reached a short while ago: the catalogue is used instead/);
  });

  test("ends with an error when the mirror is wrong, and chooses no other Python", async () => {
    const archive = await realArchive();
    using sandbox = await newSandbox();
    const run = (mirror: string, env = {}) =>
      sandbox.posy(["run", "--python-mirror", mirror, "--", "python", "-c", "pass"], { env });
    const retries = { UV_HTTP_RETRIES: "0" };
    assertFailed(
      await run("http://127.0.0.1:9/m", retries),
      69,
      /connection refused/,
      /correct `--python-mirror`/,
    );
    assertFailed(await run("nowhere"), 1, /can't use the Pythons at .*nowhere/, /`off`/);
    await using index = await startIndex();
    const lie = { ...archive, sha256: "0".repeat(64) };
    serve(index, "/m", { SHA256SUMS: sumsOf([lie]), [archive.filename]: archive.bytes });
    assertFailed(await run(`${index.origin}/m`), 76, /has the sha256/);
    serve(index, "/cut", { SHA256SUMS: sumsOf([cut(archive)]), [archive.filename]: cut(archive).bytes });
    assertFailed(await run(`${index.origin}/cut`), 76, /is damaged|cut off/);
    assert.deepEqual(readdirSync(join(sandbox.home, "data", "tmp")), []);
  });
});

function cut({ filename, bytes }: TestArchive): TestArchive {
  const half = bytes.subarray(0, bytes.length >> 1);
  return { filename, bytes: half, sha256: createHash("sha256").update(half).digest("hex") };
}
