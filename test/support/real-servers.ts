import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Whether a program can be started. */
export function hasProgram(name: string): boolean {
  return spawnSync(name, ["--version"]).error === undefined;
}

/** Returns a port on loopback that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((closed) => server.close(() => closed()));
  return port;
}

/** Starts a server, and waits until it listens on the port. It is killed at the end of the block. */
export async function startServer(
  port: number,
  [program = "", ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<ChildProcess & Disposable> {
  const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "ignore"], detached: true });
  const kill = () => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  };
  // A full pipe would stop the server.
  child.stdout?.resume();
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

export interface DockerRegistry extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** The folder of a `config.json` with the login, for `DOCKER_CONFIG`. */
  readonly dockerConfig: string;
  /** The lines of its log of requests: `"PUT /v2/… HTTP/1.1" 201`. */
  requests(): readonly string[];
}

/** Starts Debian's docker-registry on loopback, with its files in a new `folder`. */
export async function startDockerRegistry(
  folder: string,
  { withLogin }: { readonly withLogin: boolean },
): Promise<DockerRegistry> {
  mkdirSync(folder);
  const password = "my-secret-password";
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const [configuration, logins] = [join(folder, "config.yml"), join(folder, "htpasswd")];
  if (withLogin) assert.equal(spawnSync("htpasswd", ["-Bbc", logins, "me", password]).status, 0);
  const auth = withLogin ? `auth:\n  htpasswd:\n    realm: test\n    path: ${logins}\n` : "";
  writeFileSync(
    configuration,
    `version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: ${folder}\nhttp:\n  addr: ${host}\n${auth}`,
  );
  const log: string[] = [];
  const server = await startServer(port, ["docker-registry", "serve", configuration], process.env);
  server.stdout?.on("data", (data: Buffer) => void log.push(data.toString()));
  const dockerConfig = join(folder, "docker");
  mkdirSync(dockerConfig);
  const token = Buffer.from(`me:${password}`).toString("base64");
  writeFileSync(join(dockerConfig, "config.json"), JSON.stringify({ auths: { [host]: { auth: token } } }));
  return {
    host,
    dockerConfig,
    requests: () =>
      log
        .join("")
        .split("\n")
        .filter((line) => line.includes('" 2')),
    async [Symbol.asyncDispose]() {
      server[Symbol.dispose]();
      await sleep(0);
    },
  };
}
