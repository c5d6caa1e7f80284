import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { sdistOf } from "../support/build-index.ts";
import { startIndex, type TestIndex } from "../support/index-server.ts";
import { patiently } from "../support/patiently.ts";
import { newSandbox, posyCommand, type Sandbox } from "../support/posy.ts";

const password = "my-secret-password";
const source = sdistOf({ name: "source" });

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((closed) => server.close(() => closed()));
  return port;
}

/** Starts a server, and waits until it listens on the port. It is killed at the end of the block. */
async function startServer(
  port: number,
  [program = "", ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<ChildProcess & Disposable> {
  const child = spawn(program, args, { env, stdio: "ignore", detached: true });
  const kill = () => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  };
  for (let tries = 0; tries < 300; tries += 1) {
    const listens = await new Promise<boolean>((settle) => {
      const socket = connect(port, "127.0.0.1", () => settle(true));
      socket.on("error", () => settle(false));
      socket.on("connect", () => socket.destroy());
    });
    if (listens) return Object.assign(child, { [Symbol.dispose]: kill });
    assert.equal(child.exitCode, null, `\`${program}\` ended`);
    await sleep(200);
  }
  kill();
  throw new Error(`\`${program}\` does not listen`);
}

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

const hasRegistry = spawnSync("docker-registry", ["--version"]).error === undefined;
const hasHtpasswd = spawnSync("htpasswd", ["--help"]).error === undefined;

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
      const port = await freePort();
      const folder = join(first.root, "registry");
      mkdirSync(folder);
      const configuration = join(folder, "config.yml");
      const logins = join(folder, "htpasswd");
      if (withLogin) spawnSync("htpasswd", ["-Bbc", logins, "me", password]);
      const auth = withLogin ? `auth:\n  htpasswd:\n    realm: test\n    path: ${logins}\n` : "";
      const text = `version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: ${folder}\nhttp:\n  addr: 127.0.0.1:${port}\n${auth}`;
      writeFileSync(configuration, text);
      using server = await startServer(port, ["docker-registry", "serve", configuration], process.env);
      assert.equal(server.exitCode, null);
      const host = `127.0.0.1:${port}`;
      const docker = join(folder, "docker");
      mkdirSync(docker);
      const token = Buffer.from(`me:${password}`).toString("base64");
      writeFileSync(join(docker, "config.json"), JSON.stringify({ auths: { [host]: { auth: token } } }));
      const env = withLogin ? { DOCKER_CONFIG: docker } : {};
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
