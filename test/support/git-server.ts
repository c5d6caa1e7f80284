import { spawn, spawnSync } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gitEnvironment } from "./git-repository.ts";

export interface GitServer extends AsyncDisposable {
  /** `http://127.0.0.1:…/`; a repository is at `NAME/.git` below it. */
  readonly url: string;
  /** Every request so far: `GET /name/.git/info/refs?service=git-upload-pack`. */
  readonly requests: readonly string[];
}

export interface GitServerOptions {
  /** Basic authentication for everything. */
  readonly auth?: { readonly username: string; readonly password: string };
  /** Called before each answer, which waits for it. */
  readonly before?: (request: string) => Promise<void> | void;
}

/**
 * Serves the repositories of a folder over loopback with git's `http-backend` (the smart protocol, up to version 2).
 */
export async function startGitServer(root: string, options: GitServerOptions = {}): Promise<GitServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    void answer(request, response, root, options, requests);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

const backend = `${spawnSync("git", ["--exec-path"], { encoding: "utf8" }).stdout.trim()}/git-http-backend`;

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  root: string,
  { auth, before }: GitServerOptions,
  requests: string[],
): Promise<void> {
  const line = `${request.method} ${request.url}`;
  requests.push(line);
  await before?.(line);
  if (auth) {
    const expected = `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString("base64")}`;
    if (request.headers.authorization !== expected) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
      return;
    }
  }
  const { pathname, searchParams } = new URL(request.url ?? "", "http://localhost");
  const header = (name: string) => String(request.headers[name] ?? "");
  const child = spawn(backend, {
    env: {
      ...gitEnvironment,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_PROTOCOL: header("git-protocol"),
      PATH_INFO: decodeURIComponent(pathname),
      QUERY_STRING: searchParams.toString(),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: header("content-type"),
      HTTP_CONTENT_ENCODING: header("content-encoding"),
      ...(request.headers["content-length"] ? { CONTENT_LENGTH: request.headers["content-length"] } : {}),
      REMOTE_ADDR: "127.0.0.1",
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "safe.directory",
      GIT_CONFIG_VALUE_0: "*",
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  child.stdin.on("error", () => {});
  request.pipe(child.stdin);
  response.on("close", () => child.kill());
  let head: Buffer | undefined = Buffer.alloc(0);
  child.stdout.on("data", (chunk: Buffer) => {
    if (head === undefined) {
      response.write(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end === -1) return;
    let status = 200;
    for (const field of head.subarray(0, end).toString("latin1").split("\r\n")) {
      const [, name = "", value = ""] = /^([^:]+): *(.*)$/.exec(field) ?? [];
      if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    response.writeHead(status);
    response.write(head.subarray(end + 4));
    head = undefined;
  });
  child.on("close", () => response.end());
}
