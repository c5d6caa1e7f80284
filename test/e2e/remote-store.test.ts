import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { sdistOf } from "../support/build-index.ts";
import { startIndex, type TestIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { newSandbox, type PosyRun, type Sandbox } from "../support/posy.ts";
import { type RegistryServer, startRegistry } from "../support/registry-server.ts";
import { startUploadServer } from "../support/upload-server.ts";

const leaf = makeWheel({ name: "leaf", files: { "leaf.py": "n = 1\n" } });
const tool = makeWheel({ name: "tool", files: { "tool.py": "" } });
const source = sdistOf({ name: "source", dependencies: ["leaf"], requires: ["tool"] });

const storeOf = ({ host }: RegistryServer) => `oci://${host}/team/store`;

/** Runs a program that needs `source`, which has to be built. */
function runSource(
  sandbox: Sandbox,
  index: TestIndex,
  env: Readonly<Record<string, string>>,
): Promise<PosyRun> {
  const code = "import source, leaf; print(leaf.n)";
  return sandbox.posy(["run", "--default-index", index.url, "--with", "source", "--", "python", "-c", code], {
    env,
  });
}

/** Whether a build backend ran in a sandbox: each run has a log, whose folder stays. */
const hasBuilt = (sandbox: Sandbox) => existsSync(join(sandbox.home, "cache", "builds-v2", "logs"));

function wheelsIn(sandbox: Sandbox): readonly string[] {
  const names = readdirSync(join(sandbox.home, "cache", "builds-v2"), { recursive: true });
  return names.map(String).filter((name) => name.endsWith(".whl"));
}

/** Builds `source` on one machine, which pushes it. */
async function pushFrom(sandbox: Sandbox, index: TestIndex, registry: RegistryServer): Promise<void> {
  const env = { POSY_REMOTE_STORE: storeOf(registry), POSY_REMOTE_STORE_PUSH: "1" };
  const run = await runSource(sandbox, index, env);
  assert.equal(run.status, 0, run.stderr);
  assert.equal(hasBuilt(sandbox), true);
}

describe("a remote store in an OCI registry", () => {
  test("lets a second machine grow an environment without building", async () => {
    using first = await newSandbox();
    using second = await newSandbox();
    await using index = await startIndex({ files: [source, leaf, tool] });
    await using registry = await startRegistry();
    await pushFrom(first, index, registry);
    const run = await runSource(second, index, { POSY_REMOTE_STORE: storeOf(registry) });
    assert.equal(run.status, 0, run.stderr);
    assert.equal(run.stdout, "1\n");
    assert.equal(hasBuilt(second), false, "the second machine built");
    assert.equal(wheelsIn(second).length, 1);
    // Only the first machine was asked to push.
    const writes = registry.requests.filter(({ method }) => !["GET", "HEAD"].includes(method)).length;
    assert.equal((await runSource(second, index, { POSY_REMOTE_STORE: storeOf(registry) })).status, 0);
    assert.equal(registry.requests.filter(({ method }) => !["GET", "HEAD"].includes(method)).length, writes);
  });

  test("gets nothing unless it is asked to push", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files: [source, leaf, tool] });
    await using registry = await startRegistry();
    const run = await runSource(sandbox, index, { POSY_REMOTE_STORE: storeOf(registry) });
    assert.equal(run.status, 0, run.stderr);
    assert.equal(hasBuilt(sandbox), true);
    assert.deepEqual([registry.blobs.size, registry.manifests.size], [0, 0]);
  });

  test("counts only as long as it is configured", async () => {
    using first = await newSandbox();
    using second = await newSandbox();
    await using index = await startIndex({ files: [source, leaf, tool] });
    await using registry = await startRegistry();
    await pushFrom(first, index, registry);
    assert.equal((await runSource(second, index, { POSY_REMOTE_STORE: storeOf(registry) })).status, 0);
    const run = await runSource(second, index, {});
    assert.equal(run.status, 0, run.stderr);
    assert.equal(hasBuilt(second), true);
  });

  test("may be named by a project, and turned off by the variable", async () => {
    using first = await newSandbox();
    using second = await newSandbox();
    await using index = await startIndex({ files: [source, leaf, tool] });
    await using registry = await startRegistry();
    await pushFrom(first, index, registry);
    const project = `[project]\nname = "app"\nversion = "1"\ndependencies = ["source"]\n[tool.posy]\nremote-store = "${storeOf(registry)}"\n`;
    writeFileSync(join(second.cwd, "pyproject.toml"), project);
    const env = { POSY_DEFAULT_INDEX: index.url };
    const args = ["run", "--", "python", "-c", "import source"];
    const requests = registry.requests.length;
    const off = await second.posy(["lock"], { env: { ...env, POSY_REMOTE_STORE: "off" } });
    assert.equal(off.status, 0, off.stderr);
    assert.equal(registry.requests.length, requests);
    const run = await second.posy(args, { env });
    assert.equal(run.status, 0, run.stderr);
    assert.match(wheelsIn(second).join("\n"), /\/remote-[0-9a-f]{16}\//);
  });

  test("is not asked with `--offline`", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files: [source, leaf, tool] });
    await using registry = await startRegistry();
    assert.equal((await runSource(sandbox, index, {})).status, 0);
    const env = { POSY_REMOTE_STORE: storeOf(registry), POSY_OFFLINE: "1" };
    const run = await runSource(sandbox, index, env);
    assert.equal(run.status, 0, run.stderr);
    assert.equal(registry.requests.length, 0);
  });

  const failures: Readonly<Record<string, [(registry: RegistryServer) => void, RegExp]>> = {
    "does not answer": [
      (registry) => registry.always(/.*/, { hang: true }),
      /^warning: the remote store is not used: .* no answer in time$/m,
    ],
    "closes every connection": [
      (registry) => registry.always(/.*/, { reset: true }),
      /^warning: the remote store is not used: .* the connection was cut$/m,
    ],
    "asks for a login": [
      (registry) => registry.always(/.*/, { status: 401 }),
      /^warning: the remote store is not used: .* asks for a login \(status 401\)$/m,
    ],
    "has trouble": [
      (registry) => registry.always(/.*/, { status: 500 }),
      /^warning: the remote store is not used: .* status 500$/m,
    ],
    "sends other content": [
      (registry) => {
        for (const [digest, blob] of registry.blobs) registry.blobs.set(digest, Buffer.alloc(blob.length, 1));
      },
      /^warning: an entry of the remote store is not used: .* has the hash/m,
    ],
    "sends pages of a proxy": [
      (registry) => registry.always(/.*/, { status: 200, body: "<html>log in</html>" }),
      /^warning: an entry of the remote store is not used: .* is not JSON$/m,
    ],
  };
  for (const [name, [prepare, warning]] of Object.entries(failures)) {
    test(`is no reason to fail if it ${name}`, async () => {
      using first = await newSandbox();
      using second = await newSandbox();
      await using index = await startIndex({ files: [source, leaf, tool] });
      await using registry = await startRegistry();
      await pushFrom(first, index, registry);
      prepare(registry);
      const started = performance.now();
      const run = await runSource(second, index, {
        POSY_REMOTE_STORE: storeOf(registry),
        POSY_HTTP_TIMEOUT: "1",
      });
      assert.equal(run.status, 0, run.stderr);
      assert.equal(run.stdout, "1\n");
      assert.match(run.stderr, warning);
      assert.equal(run.stderr.match(/remote store is not used: `?oci/g)?.length ?? 1, 1, run.stderr);
      assert.equal(hasBuilt(second), true);
      assert.ok(performance.now() - started < 30_000);
    });
  }

  test("is no reason to fail if nothing listens there, or if pushing is refused", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files: [source, leaf, tool] });
    const registry = await startRegistry();
    registry.always(/^POST/, { status: 403 });
    const env = { POSY_REMOTE_STORE: storeOf(registry), POSY_REMOTE_STORE_PUSH: "1" };
    const refused = await runSource(sandbox, index, env);
    assert.equal(refused.status, 0, refused.stderr);
    assert.match(
      refused.stderr,
      /^warning: nothing is pushed to the remote store: .* refuses to push \(status 403\)/m,
    );
    await registry[Symbol.asyncDispose]();
    using second = await newSandbox();
    const run = await runSource(second, index, env);
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stderr, /^warning: the remote store is not used: .*connection refused$/m);
  });

  test("with an address that is none is an error that names the setting", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files: [source, leaf, tool] });
    const run = await runSource(sandbox, index, { POSY_REMOTE_STORE: "registry.example.org/x" });
    assert.notEqual(run.status, 0);
    assert.match(
      run.stderr,
      /^error: the setting `remote-store` is `registry\.example\.org\/x`, which is not the address/m,
    );
  });
});

describe("`posy cache push` and `posy cache pull`", () => {
  test("carry builds to a machine that needs no remote store afterwards", async () => {
    using first = await newSandbox();
    using second = await newSandbox();
    await using index = await startIndex({ files: [source, leaf, tool] });
    await using registry = await startRegistry();
    assert.equal((await runSource(first, index, {})).status, 0);
    const dry = await first.posy(["cache", "push", storeOf(registry), "--only", "builds", "--dry-run"]);
    assert.equal(dry.status, 0, dry.stderr);
    assert.equal(registry.manifests.size, 0);
    const pushed = await first.posy(["cache", "push", storeOf(registry), "--only", "builds"]);
    assert.equal(pushed.status, 0, pushed.stderr);
    const lines = ["wheel source-1.0-py3-none-any.whl", "metadata source 1.0"];
    assert.equal(pushed.stdout, lines.map((line) => `${line}: pushed\n`).join(""));
    assert.equal(dry.stdout, lines.map((line) => `${line}: would be sent\n`).join(""));
    const again = await first.posy(["cache", "push", storeOf(registry), "--only", "builds"]);
    assert.equal(again.stdout, lines.map((line) => `${line}: is there already\n`).join(""));
    const pulled = await second.posy(["cache", "pull", storeOf(registry), "--json"]);
    assert.equal(pulled.status, 0, pulled.stderr);
    const statuses = (JSON.parse(pulled.stdout) as { kind: string; status: string }[]).map(
      ({ kind, status }) => `${kind} ${status}`,
    );
    assert.deepEqual(statuses.sort(), ["metadata pulled", "wheel pulled"]);
    const run = await runSource(second, index, {});
    assert.equal(run.status, 0, run.stderr);
    assert.equal(hasBuilt(second), false);
    assert.equal((await second.posy(["cache", "verify"])).status, 0);
  });

  test("do not carry what was built of a folder of this machine", async () => {
    using sandbox = await newSandbox();
    await using registry = await startRegistry();
    const folder = join(sandbox.cwd, "local");
    assert.equal((await sandbox.posy(["new", "local", "--lib"])).status, 0);
    const run = await sandbox.posy([
      "run",
      "--no-project",
      "--with",
      folder,
      "--",
      "python",
      "-c",
      "import local",
    ]);
    const built = readdirSync(join(sandbox.home, "cache", "builds-v2"), { recursive: true });
    assert.equal(run.status, 0, run.stderr);
    assert.ok(built.some((name) => String(name).endsWith(".whl")));
    const pushed = await sandbox.posy(["cache", "push", storeOf(registry), "--only", "builds"]);
    assert.equal(pushed.stdout, "", pushed.stderr);
  });

  test("carry the archives of interpreters by their hash", async () => {
    using first = await newSandbox();
    using second = await newSandbox({ interpreter: false });
    await using registry = await startRegistry();
    // An archive that was made up stands for one of an interpreter that the store has.
    const [seeded = ""] = readdirSync(join(first.home, "data", "pythons-v1"));
    const archive = randomBytes(100_000);
    const sha256 = createHash("sha256").update(archive).digest("hex");
    const pythons = join(first.home, "data", "pythons-v1");
    symlinkSync(join(pythons, seeded), join(pythons, sha256));
    mkdirSync(join(first.home, "cache", "artifacts-v2"), { recursive: true });
    writeFileSync(join(first.home, "cache", "artifacts-v2", sha256), archive);
    const pushed = await first.posy(["cache", "push", storeOf(registry), "--only", "pythons"]);
    assert.equal(pushed.status, 0, pushed.stderr);
    assert.match(pushed.stdout, /^python cpython \S+: pushed$/m);
    // Archives are not kept once they are unpacked. Without an environment, the address of this one is unknown.
    assert.match(pushed.stdout, /^python cpython \S+: skipped, because its archive is not kept/m);
    const pulled = await second.posy(["cache", "pull", storeOf(registry)]);
    assert.equal(pulled.status, 0, pulled.stderr);
    assert.equal(pulled.stdout, `python ${sha256}: pulled\n`);
    assert.deepEqual(readFileSync(join(second.home, "cache", "artifacts-v2", sha256)), archive);
  });

  test("carry index pages and metadata, which answer without the index", async () => {
    using first = await newSandbox();
    using second = await newSandbox();
    await using index = await startIndex({ files: [leaf] });
    await using registry = await startRegistry();
    const args = ["resolve", "--default-index", index.url, "leaf"];
    assert.equal((await first.posy(args)).status, 0);
    const pushed = await first.posy(["cache", "push", storeOf(registry), "--only", "pages"]);
    assert.equal(pushed.stdout, "2 index pages and metadata: pushed\n", pushed.stderr);
    const pulled = await second.posy(["cache", "pull", storeOf(registry), "--only", "pages"]);
    assert.equal(pulled.stdout, "2 index pages and metadata: pulled\n", pulled.stderr);
    const offline = await second.posy([...args, "--offline"]);
    assert.equal(offline.stdout, "leaf==1.0\n", offline.stderr);
    // A page of another machine is never fresh: the index is asked whether it changed, and an older page is ignored.
    const before = index.count("/simple/leaf/");
    assert.equal((await second.posy(args)).status, 0);
    assert.equal(index.count("/simple/leaf/"), before + 1);
    const again = await second.posy(["cache", "pull", storeOf(registry), "--only", "pages"]);
    assert.equal(again.stdout, "0 index pages and metadata: is there already\n");
  });

  test("fail or warn when the registry does not answer", async () => {
    using sandbox = await newSandbox();
    await using index = await startIndex({ files: [source, leaf, tool] });
    assert.equal((await runSource(sandbox, index, {})).status, 0);
    const pulled = await sandbox.posy(["cache", "pull", "oci://127.0.0.1:1/x"], {
      env: { POSY_HTTP_RETRIES: "0" },
    });
    assert.equal(pulled.status, 0);
    assert.match(pulled.stderr, /^warning: the pull is not complete: .*connection refused$/m);
    const pushed = await sandbox.posy(["cache", "push", "oci://127.0.0.1:1/x"], {
      env: { POSY_HTTP_RETRIES: "0" },
    });
    assert.equal(pushed.status, 69);
    assert.match(pushed.stderr, /^error: .*connection refused$/m);
  });

  test("pull nothing that is wrong, and everything else", async () => {
    using first = await newSandbox();
    using second = await newSandbox();
    await using index = await startIndex({ files: [source, leaf, tool] });
    await using registry = await startRegistry();
    await pushFrom(first, index, registry);
    for (const [digest, blob] of registry.blobs) {
      if (blob.subarray(0, 2).toString() === "PK") registry.blobs.set(digest, Buffer.alloc(blob.length));
    }
    const pulled = await second.posy(["cache", "pull", storeOf(registry)]);
    assert.equal(pulled.status, 0, pulled.stderr);
    assert.match(pulled.stderr, /^warning: the entry `wheel-\S+` was not pulled: .* has the hash/m);
    assert.match(pulled.stdout, /^metadata results-\S+: pulled\n$/);
    assert.deepEqual(wheelsIn(second), []);
  });
});

describe("a remote store in a package index", () => {
  test("has built wheels under a build tag, and lets a second machine grow without building", async () => {
    using first = await newSandbox();
    using second = await newSandbox();
    await using index = await startIndex({ files: [source, leaf, tool] });
    await using wheels = await startUploadServer({ auth: { username: "me", password: "my-password" } });
    // All metadata are in the source distribution, since an index has no place for what a backend says.
    const withLogin = (url: string) => url.replace("://", "://me:my-password@");
    assert.equal((await runSource(first, index, {})).status, 0);
    const pushed = await first.posy(["cache", "push", withLogin(wheels.url)]);
    assert.equal(pushed.status, 0, pushed.stderr);
    assert.match(pushed.stdout, /^wheel source-1\.0-1posy[0-9a-f]{40}-py3-none-any\.whl: pushed\n$/);
    assert.equal(wheels.files.length, 1);
    const run = await runSource(second, index, { POSY_REMOTE_STORE: withLogin(wheels.pages) });
    assert.equal(run.status, 0, run.stderr);
    assert.equal(run.stdout, "1\n");
    const [kept = "", ...others] = wheelsIn(second);
    assert.match(kept, /\/remote-[0-9a-f]{16}\/[0-9a-f]{32}\/source-1\.0-py3-none-any\.whl$/);
    assert.deepEqual(others, []);
    const again = await first.posy(["cache", "push", withLogin(wheels.url)]);
    assert.equal(again.status, 0, again.stderr);
  });

  test("can't be pulled from, and takes no other parts", async () => {
    using sandbox = await newSandbox();
    const pulled = await sandbox.posy(["cache", "pull", "https://example.org/simple/"]);
    assert.equal(pulled.status, 2);
    assert.match(pulled.stderr, /^error: only an OCI registry can be pulled from$/m);
    const pushed = await sandbox.posy(["cache", "push", "https://example.org/", "--only", "pythons"]);
    assert.equal(pushed.status, 2);
  });
});
