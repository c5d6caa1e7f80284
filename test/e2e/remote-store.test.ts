import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { sdistOf } from "../support/build-index.ts";
import { startIndex, type TestIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { newSandbox, type PosyRun, type Sandbox } from "../support/posy.ts";
import { type RegistryServer, startRegistry } from "../support/registry-server.ts";

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
