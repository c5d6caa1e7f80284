import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { normalizedTestName, projectPage, type PageFormat } from "./index-page.ts";

/** A file that the index lists. Only `filename` and `bytes` are needed; the rest is for its entry on the page. */
export interface IndexFile {
  readonly filename: string;
  readonly bytes: Uint8Array;
  /** The project with the file on its page. Default: the part of the file name before the first `-`. */
  readonly project?: string;
  readonly requiresPython?: string;
  readonly yanked?: true | string;
  /** ISO 8601, `2024-01-02T03:04:05Z`. */
  readonly uploadTime?: string;
  /** METADATA, served as `FILENAME.metadata` and announced on the page (PEP 658/714). */
  readonly metadata?: string;
  /** Hashes on the page instead of the correct SHA-256: `{}` for none. */
  readonly hashes?: Readonly<Record<string, string>>;
  /** Size on the page instead of the correct one; `false` for none. HTML pages have no sizes. */
  readonly size?: number | false;
}

/** Changes to one ordinary answer. Fields that are left out do not change it. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Milliseconds before the answer. */
  readonly delay?: number;
  /** Closes the connection after this many bytes of the body; `content-length` has the full length. */
  readonly cutAfter?: number;
  /** Closes the connection without an answer. */
  readonly reset?: true;
  /** Never answers, until the server is closed. */
  readonly hang?: true;
  /** Ignores range headers. */
  readonly ranges?: false;
}

export interface IndexOptions {
  readonly files?: readonly IndexFile[];
  /** Offered formats, negotiated by `Accept`. Default: both. Many mirrors have only `["html"]`. */
  readonly formats?: readonly PageFormat[];
  /** `false` sends every file whole and never sends `Accept-Ranges`. */
  readonly ranges?: boolean;
  /** ETags on pages and files, with 304 for `If-None-Match`. Default: `true`. */
  readonly etag?: boolean;
  /** `Cache-Control` of the pages; "" for none. Default: `no-cache`, so that tests see changes; none without ETags. */
  readonly cacheControl?: string;
  /** Compresses pages if the client accepts it. */
  readonly gzip?: boolean;
  /** Basic authentication for everything. */
  readonly auth?: { readonly username: string; readonly password: string };
  /** Serves https with this key and certificate (PEM). */
  readonly tls?: { readonly key: string; readonly cert: string };
}

interface RecordedRequest {
  readonly method: string;
  /** Decoded, without the query: `/simple/foo/`, `/files/foo-1.0-py3-none-any.whl`. */
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
}

export interface TestIndex extends AsyncDisposable {
  /** `http://127.0.0.1:PORT/simple/`: what `--index` takes. */
  readonly url: string;
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** Every request in order, scripted ones included. */
  readonly requests: readonly RecordedRequest[];
  /** Returns the number of requests for a path; a path that ends in `*` is a prefix. */
  count(path: string): number;
  fileUrl(filename: string): string;
  /** Adds files to the index. */
  add(...files: readonly IndexFile[]): void;
  /**
   * The next requests for `path` (`/simple/foo/`, `/files/foo-1.0.tar.gz`, or `*` for any) get these replies, one
   * each, in order; later requests get the ordinary answer. `"ok"` is an ordinary answer.
   */
  script(path: string, ...replies: readonly (Reply | "ok")[]): void;
  /** Every request for `path` gets this reply from now on. */
  always(path: string, reply: Reply): void;
  close(): Promise<void>;
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

/**
 * A package index on loopback, in this process: simple pages in HTML and JSON, files with ranges and ETags,
 * `.metadata` files, authentication. Tests can delay, falsify and break the answers for a path. It records all
 * requests.
 *
 *     await using index = await startIndex({ files: [{ filename: "foo-1.0-py3-none-any.whl", bytes }] });
 *     index.script("/simple/foo/", { status: 500 }, { reset: true }, "ok");      // fails twice, then works
 *     index.always("/files/foo-1.0-py3-none-any.whl", { ranges: false });
 *     … resolve against index.url …
 *     assert.equal(index.count("/simple/foo/"), 3);
 */
export async function startIndex(options: IndexOptions = {}): Promise<TestIndex> {
  const files: IndexFile[] = [...(options.files ?? [])];
  const requests: RecordedRequest[] = [];
  const scripts = new Map<string, (Reply | "ok")[]>();
  const standing = new Map<string, Reply>();
  const waiting = new Set<ServerResponse>();

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://index.example").pathname);
    requests.push({ method: request.method ?? "GET", path, headers: request.headers });
    const scripted = scripts.get(path)?.shift() ?? scripts.get("*")?.shift();
    const reply = scripted === "ok" ? {} : (scripted ?? standing.get(path) ?? standing.get("*") ?? {});
    const answer = changed(ordinaryAnswer(files, options, request, path, reply), reply);
    const send = () => sendAnswer(request, response, answer, reply, waiting);
    if (reply.delay === undefined) send();
    else setTimeout(send, reply.delay);
  };
  const server = options.tls ? createTlsServer(options.tls, handle) : createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `${options.tls ? "https" : "http"}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    for (const response of waiting) response.destroy();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  };
  return {
    url: `${origin}/simple/`,
    origin,
    requests,
    count: (path) =>
      requests.filter((request) =>
        path.endsWith("*") ? request.path.startsWith(path.slice(0, -1)) : request.path === path,
      ).length,
    fileUrl: (filename) => `${origin}/files/${encodeURIComponent(filename)}`,
    add: (...more) => void files.push(...more),
    script: (path, ...replies) => void scripts.set(path, [...(scripts.get(path) ?? []), ...replies]),
    always: (path, reply) => void standing.set(path, reply),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Returns the answer of a correct index. */
function ordinaryAnswer(
  files: readonly IndexFile[],
  options: IndexOptions,
  request: IncomingMessage,
  path: string,
  reply: Reply,
): Answer {
  if (options.auth) {
    const { username, password } = options.auth;
    const expected = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
    if (request.headers.authorization !== expected) {
      return text(401, "authentication needed", { "www-authenticate": 'Basic realm="index"' });
    }
  }
  const project = /^\/simple\/([^/]+)\/$/.exec(path)?.[1];
  if (project !== undefined) return pageAnswer(files, options, request, project);
  const name = /^\/files\/(.+)$/.exec(path)?.[1];
  const described = files.find((file) => `${file.filename}.metadata` === name && file.metadata !== undefined);
  if (described) return text(200, described.metadata ?? "", { "content-type": "application/octet-stream" });
  const file = files.find((candidate) => candidate.filename === name);
  if (!file) return text(404, "not found");
  const ranges = options.ranges !== false && reply.ranges !== false;
  return fileAnswer(file.bytes, request, ranges, options.etag !== false);
}

function pageAnswer(
  files: readonly IndexFile[],
  options: IndexOptions,
  request: IncomingMessage,
  project: string,
): Answer {
  const listed = files.filter(
    (file) => normalizedTestName(file.project ?? file.filename.split("-")[0] ?? "") === project,
  );
  if (listed.length === 0) return text(404, "not found");
  const formats = options.formats ?? ["json", "html"];
  const wantsJson = (request.headers.accept ?? "").includes("json");
  const format = wantsJson && formats.includes("json") ? "json" : (formats.at(-1) ?? "html");
  let body: Uint8Array = Buffer.from(projectPage(format, project, listed));
  const etag = `"${createHash("sha256").update(body).digest("hex").slice(0, 16)}"`;
  const headers: Record<string, string> = {
    "content-type":
      format === "json"
        ? "application/vnd.pypi.simple.v1+json"
        : wantsJson
          ? "application/vnd.pypi.simple.v1+html"
          : "text/html; charset=utf-8",
    vary: "Accept",
  };
  const cacheControl = options.cacheControl ?? (options.etag === false ? "" : "no-cache");
  if (cacheControl !== "") headers["cache-control"] = cacheControl;
  if (options.etag !== false) {
    headers["etag"] = etag;
    if (request.headers["if-none-match"] === etag) return { status: 304, headers, body: new Uint8Array() };
  }
  if (options.gzip && (request.headers["accept-encoding"] ?? "").includes("gzip")) {
    body = gzipSync(body);
    headers["content-encoding"] = "gzip";
  }
  return { status: 200, headers, body };
}

/** RFC 9110, section 14: one range, which may be a suffix. A request for several ranges gets the whole file. */
function fileAnswer(bytes: Uint8Array, request: IncomingMessage, ranges: boolean, etags: boolean): Answer {
  const headers: Record<string, string> = { "content-type": "application/octet-stream" };
  const etag = `"${createHash("md5").update(bytes).digest("hex")}"`;
  if (etags) headers["etag"] = etag;
  if (!ranges) return { status: 200, headers, body: bytes };
  headers["accept-ranges"] = "bytes";
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? "");
  const condition = request.headers["if-range"];
  if (!range || (range[1] === "" && range[2] === "") || (condition !== undefined && condition !== etag)) {
    return { status: 200, headers, body: bytes };
  }
  const suffix = range[1] === "";
  const first = suffix ? Math.max(0, bytes.length - Number(range[2])) : Number(range[1]);
  const last = suffix || range[2] === "" ? bytes.length - 1 : Math.min(Number(range[2]), bytes.length - 1);
  if (first > last) {
    return {
      status: 416,
      headers: { ...headers, "content-range": `bytes */${bytes.length}` },
      body: new Uint8Array(),
    };
  }
  headers["content-range"] = `bytes ${first}-${last}/${bytes.length}`;
  return { status: 206, headers, body: bytes.subarray(first, last + 1) };
}

function changed(answer: Answer, reply: Reply): Answer {
  const status = reply.status ?? answer.status;
  const body = reply.body === undefined ? undefined : Buffer.from(reply.body);
  return {
    status,
    headers: { ...(body ? {} : answer.headers), ...reply.headers },
    body: body ?? (status >= 300 && status !== answer.status ? new Uint8Array() : answer.body),
  };
}

function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  reply: Reply,
  waiting: Set<ServerResponse>,
): void {
  if (reply.reset) return void request.socket.destroy();
  if (reply.hang) return void waiting.add(response);
  const bodiless = request.method === "HEAD" || answer.status === 304;
  response.writeHead(answer.status, { "content-length": String(answer.body.length), ...answer.headers });
  if (bodiless) return void response.end();
  if (reply.cutAfter === undefined) return void response.end(answer.body);
  // The client loses what it has not read when the connection is cut, so it gets time to read.
  response.write(answer.body.subarray(0, reply.cutAfter), () =>
    setTimeout(() => request.socket.destroy(), 150),
  );
}

function text(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return { status, headers: { "content-type": "text/plain", ...headers }, body: Buffer.from(body) };
}
