import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A file that was uploaded, with its form. */
export interface UploadedFile {
  readonly filename: string;
  readonly bytes: Buffer;
  /** The values of each field of the form, in order. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly headers: IncomingMessage["headers"];
}

/** A scripted answer to one upload. Without `stores`, the server does not keep the file. */
export interface UploadReply {
  readonly status?: number;
  readonly reason?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Keeps the file as usual. */
  readonly stores?: true;
  /** Closes the connection after the whole request, without an answer. */
  readonly drops?: true;
  /** Answers at once, without reading the request. */
  readonly early?: true;
  /** Never answers. */
  readonly hang?: true;
}

export interface UploadServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** The upload URL. */
  readonly url: string;
  /** The URL of the simple pages. */
  readonly pages: string;
  /** The files that were stored. */
  readonly files: readonly UploadedFile[];
  /** `METHOD PATH` of every request, and its `Authorization` header. */
  readonly requests: readonly {
    readonly line: string;
    readonly authorization: string | undefined;
    readonly body: string;
  }[];
  /** The next uploads get these answers, one each. Later uploads are stored. */
  script(...replies: readonly UploadReply[]): void;
  /** Answers a path (`GET /_/oidc/audience`) by a function of the body. */
  answer(
    line: string,
    reply: (body: string, headers: IncomingMessage["headers"]) => { status?: number; data: unknown },
  ): void;
}

export interface UploadServerOptions {
  readonly auth?: { readonly username: string; readonly password: string };
  /** The algorithm of the hashes on the simple pages; `false` for none. Default: `sha256`. */
  readonly hashes?: "sha256" | "md5" | false;
}

/**
 * An index on loopback that takes uploads, in this process. It refuses a file name that it has already with status 409,
 * as pypiserver does, and lists what it has on simple pages.
 */
export async function startUploadServer(options: UploadServerOptions = {}): Promise<UploadServer> {
  const files: UploadedFile[] = [];
  const requests: { line: string; authorization: string | undefined; body: string }[] = [];
  const replies: UploadReply[] = [];
  const answers = new Map<string, Parameters<UploadServer["answer"]>[1]>();
  const waiting = new Set<ServerResponse>();

  const server = createServer(
    (request, response) => void handle(request, response).catch(() => response.destroy()),
  );
  server.requestTimeout = 0;
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", "http://index.example");
    const line = `${request.method} ${pathname}`;
    const { authorization } = request.headers;
    const record = { line, authorization, body: "" };
    requests.push(record);
    const isUpload = line === "POST /legacy/";
    const reply = isUpload ? (replies.shift() ?? { stores: true as const }) : {};
    if (reply.early) return end(response, reply.status ?? 403, reply);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    record.body = isUpload ? "" : body.toString();
    const scripted = answers.get(line);
    if (scripted !== undefined) {
      const { status = 200, data } = scripted(record.body, request.headers);
      return end(response, status, {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(data),
      });
    }
    if (!isUpload) return pages(pathname, response);
    if (reply.hang) return void waiting.add(response);
    const { auth } = options;
    if (auth !== undefined && authorization !== basic(auth)) {
      return end(response, authorization === undefined ? 401 : 403, {
        body: "Invalid or non-existent authentication",
      });
    }
    if (reply.stores) {
      const file = parseForm(body, request.headers);
      if (files.some(({ filename }) => filename === file.filename))
        return end(response, 409, { body: "Conflict" });
      files.push(file);
    }
    if (reply.drops) return void request.socket.destroy();
    end(response, reply.status ?? 200, reply);
  }
  function pages(path: string, response: ServerResponse): void {
    const project = /^\/simple\/([^/]+)\/$/.exec(path)?.[1];
    const download = files.find(({ filename }) => path === `/files/${filename}`);
    if (download !== undefined) return void response.end(download.bytes);
    const listed = files.filter(
      ({ fields }) => fields["name"]?.[0]?.toLowerCase().replace(/[-_.]+/g, "-") === project,
    );
    if (listed.length === 0) return end(response, 404, {});
    const { hashes = "sha256" } = options;
    const links = listed.map(({ filename, bytes }) => {
      const hash = hashes === false ? "" : `#${hashes}=${createHash(hashes).update(bytes).digest("hex")}`;
      return `<a href="/files/${filename}${hash}">${filename}</a>`;
    });
    end(response, 200, {
      headers: { "content-type": "text/html" },
      body: `<!doctype html><html>${links.join("<br>")}</html>`,
    });
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    url: `${origin}/legacy/`,
    pages: `${origin}/simple/`,
    files,
    requests,
    script: (...more) => void replies.push(...more),
    answer: (line, reply) => void answers.set(line, reply),
    async [Symbol.asyncDispose]() {
      for (const response of waiting) response.destroy();
      server.closeAllConnections();
      await new Promise<void>((closed) => server.close(() => closed()));
    },
  };
}

export function basic({
  username,
  password,
}: {
  readonly username: string;
  readonly password: string;
}): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

function end(response: ServerResponse, status: number, { reason, headers, body = "" }: UploadReply): void {
  response.writeHead(status, reason ?? undefined, { "content-type": "text/plain", ...headers });
  response.end(body);
}

/** Reads a form of RFC 7578. */
function parseForm(body: Buffer, headers: IncomingMessage["headers"]): UploadedFile {
  const boundary = /boundary=(.+)$/.exec(headers["content-type"] ?? "")?.[1] ?? "";
  const fields: Record<string, string[]> = {};
  let filename = "";
  let bytes: Buffer = Buffer.alloc(0);
  const separator = Buffer.from(`\r\n--${boundary}`);
  const whole = Buffer.concat([Buffer.from("\r\n"), body]);
  for (let start = whole.indexOf(separator); ; ) {
    const next = whole.indexOf(separator, start + separator.length);
    if (next < 0) break;
    const part = whole.subarray(start + separator.length + 2, next);
    const headEnd = part.indexOf("\r\n\r\n");
    const head = part.subarray(0, headEnd).toString();
    const value = part.subarray(headEnd + 4);
    const name = /name="([^"]*)"/.exec(head)?.[1] ?? "";
    const file = /filename="([^"]*)"/.exec(head)?.[1];
    if (file === undefined) (fields[name] ??= []).push(value.toString());
    else [filename, bytes] = [file, Buffer.from(value)];
    start = next;
  }
  return { filename, bytes, fields, headers };
}
