import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { sdistOf } from "../support/build-index.ts";
import { startIndex, type TestIndex } from "../support/index-server.ts";
import { patiently } from "../support/patiently.ts";
import { newSandbox, posyCommand, type Sandbox } from "../support/posy.ts";
import { freePort, hasProgram, startDockerRegistry, startServer } from "../support/real-servers.ts";

const source = sdistOf({ name: "source" });

const runSource = (sandbox: Sandbox, index: TestIndex, env: Readonly<Record<string, string>>) =>
  sandbox.posy(
    [
      "run",
      "--default-index",
      index.url,
      "--with",
      "source",
      "--",
      "python",
      "-c",
      "import source; print(1)",
    ],
    { env },
  );

/** Grows an environment on a machine whose PATH has no compiler, and checks that nothing was built. */
async function growWithoutBuilding(index: TestIndex, env: Readonly<Record<string, string>>): Promise<void> {
  using second = await newSandbox();
  const tools = join(second.root, "tools");
  mkdirSync(tools);
  const run = await runSource(second, index, { PATH: tools, ...env });
  assert.equal(run.status, 0, run.stderr);
  assert.equal(run.stdout, "1\n");
  assert.equal(run.stderr.includes("warning"), false, run.stderr);
  const builds = readdirSync(join(second.home, "cache", "builds-v2"), { recursive: true }).map(String);
  assert.deepEqual(
    builds.filter((name) => name.endsWith(".whl") && !name.includes("remote-")),
    [],
    "the second machine built",
  );
}

const hasRegistry = hasProgram("docker-registry");
const hasHtpasswd = hasProgram("htpasswd");

describe("a real docker-registry", {
  skip: hasRegistry ? false : "docker-registry is not installed (Debian: apt-get install docker-registry)",
}, () => {
  for (const withLogin of [false, true]) {
    const skip = withLogin && !hasHtpasswd ? "htpasswd is not installed (apache2-utils)" : false;
    test(`${withLogin ? "with" : "without"} a login lets a second machine grow without building`, {
      skip,
    }, async () => {
      using first = await newSandbox();
      await using index = await startIndex({ files: [source] });
      await using registry = await startDockerRegistry(join(first.root, "registry"), { withLogin });
      const { host } = registry;
      const env = withLogin ? { DOCKER_CONFIG: registry.dockerConfig } : {};
      const store = `oci://${host}/team/store`;
      assert.equal((await runSource(first, index, {})).status, 0);
      if (withLogin) {
        const refused = await first.posy(["cache", "push", store, "--only", "builds"]);
        assert.equal(refused.status, 69, refused.stderr);
        assert.match(refused.stderr, /asks for a login \(status 401\)/);
      }
      const pushed = await first.posy(["cache", "push", store], { env });
      assert.equal(pushed.status, 0, pushed.stderr);
      assert.match(pushed.stdout, /^wheel source-1\.0-py3-none-any\.whl: pushed$/m);
      await growWithoutBuilding(index, { ...env, POSY_REMOTE_STORE: store });
      using third = await newSandbox();
      const pulled = await third.posy(["cache", "pull", store], { env });
      assert.equal(pulled.status, 0, pulled.stderr);
      assert.match(pulled.stdout, /^wheel source-1\.0-py3-none-any\.whl: pulled$/m);
      assert.equal((await runSource(third, index, {})).status, 0);
      // Each run of a backend has a log, whose folder stays.
      assert.equal(existsSync(join(third.home, "cache", "builds-v2", "logs")), false);
    });
  }
});

describe("a real pypiserver", () => {
  test("has built wheels, and lets a second machine grow without building", async () => {
    using first = await newSandbox();
    await using index = await startIndex({ files: [source] });
    const port = await freePort();
    const folder = join(first.root, "packages");
    mkdirSync(folder);
    const packages = ["--with", "pypiserver", "--"];
    const made = await patiently(first, ["run", "--no-project", ...packages, "python", "-c", ""], {});
    assert.equal(made.status, 0, made.stderr);
    const words = ["pypi-server", "run", "-p", `${port}`, "-i", "127.0.0.1", "-P", ".", "-a", ".", folder];
    const command = [...posyCommand, "run", "--no-project", ...packages, ...words];
    const environment = { PATH: process.env["PATH"], POSY_HOME: first.home, HOME: join(first.root, "user") };
    using server = await startServer(port, command, environment);
    assert.equal(server.exitCode, null);
    assert.equal((await runSource(first, index, {})).status, 0);
    const origin = `http://127.0.0.1:${port}`;
    const pushed = await first.posy(["cache", "push", `${origin}/`]);
    assert.equal(pushed.status, 0, pushed.stderr);
    assert.match(pushed.stdout, /^wheel source-1\.0-1posy[0-9a-f]{40}-py3-none-any\.whl: pushed$/m);
    await growWithoutBuilding(index, { POSY_REMOTE_STORE: `${origin}/simple/` });
  });
});
