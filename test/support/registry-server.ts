import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";

/** A scripted answer to one request. */
export interface RegistryReply {
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
}

export interface RegistryServerOptions {
  /** `basic` or `bearer`: this login is asked for. With `reads: "anonymous"` only writing needs it. */
  readonly auth?: {
    readonly kind: "basic" | "bearer";
    readonly username: string;
    readonly password: string;
    /** Also accepted by the token service, as a refresh token. */
    readonly identityToken?: string;
    readonly reads?: "anonymous";
  };
  /** Blobs are answered with a redirect to this origin. */
  readonly blobsAt?: string;
  /** Answers 404 to the referrers API, like a registry of version 1.0. */
  readonly noReferrers?: true;
  readonly tls?: { readonly key: string; readonly cert: string };
  /** The number of tags on a page. */
  readonly tagsPerPage?: number;
}

interface RecordedRequest {
  readonly method: string;
  /** With the query. */
  readonly target: string;
  readonly headers: IncomingMessage["headers"];
  readonly bytes: number;
}

export interface RegistryServer extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  readonly origin: string;
  readonly requests: readonly RecordedRequest[];
  /** The blobs of all repositories, by digest. Tests may replace the bytes. */
  readonly blobs: Map<string, Buffer>;
  /** The manifests by `name:tag` and `name@digest`. */
  readonly manifests: Map<string, { readonly mediaType: string; readonly bytes: Buffer }>;
  /** The next requests whose `METHOD PATH` matches get these replies, one each. `"ok"` is an ordinary answer. */
  script(pattern: RegExp, ...replies: readonly (RegistryReply | "ok")[]): void;
  /** Every request that matches gets this reply from now on. */
  always(pattern: RegExp, reply: RegistryReply): void;
  /** The number of requests whose `METHOD PATH` matches. */
  count(pattern: RegExp): number;
}

const digestOf = (bytes: Uint8Array) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/**
 * An OCI registry on loopback, in this process: blobs with ranges, monolithic and chunked uploads, mounts, manifests,
 * tags in pages, referrers, basic and token authentication. Tests can delay, falsify and break its answers.
 */
export async function startRegistry(options: RegistryServerOptions = {}): Promise<RegistryServer> {
  const { auth, tls } = options;
  const requests: RecordedRequest[] = [];
  const blobs = new Map<string, Buffer>();
  const manifests = new Map<string, { mediaType: string; bytes: Buffer }>();
  const uploads = new Map<string, Buffer>();
  const tokens = new Map<string, string>();
  const scripts: { readonly pattern: RegExp; readonly replies: (RegistryReply | "ok")[] }[] = [];
  const standing: { readonly pattern: RegExp; readonly reply: RegistryReply }[] = [];
  const waiting = new Set<ServerResponse>();
  let origin = "";

  const ordinary = (
    request: IncomingMessage,
    url: URL,
    body: Buffer,
  ): Required<Omit<RegistryReply, "delay" | "cutAfter" | "reset" | "hang">> => {
    const method = request.method ?? "GET";
    const answer = (
      status: number,
      content: string | Uint8Array = "",
      headers: Record<string, string> = {},
    ) => ({
      status,
      headers,
      body: content,
    });
    const failure = (status: number, code: string) =>
      answer(status, JSON.stringify({ errors: [{ code, message: `${code} here` }] }));
    if (url.pathname === "/token") return tokenAnswer(request, url, body);
    const writes = method !== "GET" && method !== "HEAD";
    if (
      auth &&
      !(auth.reads === "anonymous" && !writes && auth.kind === "basic") &&
      !isAllowed(request, url, writes)
    ) {
      const name = /^\/v2\/(.+?)\/(blobs|manifests|tags|referrers)\//.exec(url.pathname)?.[1] ?? "";
      const scope = `repository:${name}:${writes ? "pull,push" : "pull"}`;
      const challenge =
        auth.kind === "basic"
          ? 'Basic realm="registry"'
          : `Bearer realm="${origin}/token",service="test, registry",scope="${scope}"`;
      return answer(401, "", { "www-authenticate": challenge });
    }
    if (url.pathname === "/v2/") return answer(200, "{}");
    const [, name = "", kind = "", rest = ""] =
      /^\/v2\/(.+?)\/(blobs|manifests|tags|referrers)\/(.*)$/.exec(url.pathname) ?? [];
    if (kind === "blobs" && rest.startsWith("uploads")) return uploadAnswer(request, url, name, rest, body);
    if (kind === "blobs") {
      const blob = blobs.get(rest);
      if (blob === undefined) return failure(404, "BLOB_UNKNOWN");
      if (options.blobsAt !== undefined)
        return answer(307, "", { location: `${options.blobsAt}/data/${rest}` });
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? Number.NaN);
      return Number.isNaN(from)
        ? answer(200, blob)
        : answer(206, blob.subarray(from), {
            "content-range": `bytes ${from}-${blob.length - 1}/${blob.length}`,
          });
    }
    if (kind === "manifests") {
      const key = rest.includes(":") ? `${name}@${rest}` : `${name}:${rest}`;
      if (method === "PUT") {
        const digest = digestOf(body);
        const mediaType = request.headers["content-type"] ?? "";
        const { config, layers = [] } = JSON.parse(body.toString()) as {
          config?: { digest: string };
          layers?: { digest: string }[];
        };
        for (const part of [...(config ? [config] : []), ...layers]) {
          if (!blobs.has(part.digest)) return failure(400, "MANIFEST_BLOB_UNKNOWN");
        }
        manifests.set(key, { mediaType, bytes: body });
        manifests.set(`${name}@${digest}`, { mediaType, bytes: body });
        return answer(201, "", { location: `/v2/${name}/manifests/${digest}` });
      }
      const manifest = manifests.get(key);
      if (manifest === undefined) return failure(404, "MANIFEST_UNKNOWN");
      const headers = {
        "content-type": manifest.mediaType,
        "docker-content-digest": digestOf(manifest.bytes),
      };
      return answer(200, manifest.bytes, headers);
    }
    if (kind === "tags") {
      const all = [...manifests.keys()]
        .filter((key) => key.startsWith(`${name}:`))
        .map((key) => key.slice(name.length + 1))
        .sort();
      const last = url.searchParams.get("last") ?? "";
      const page = all.filter((tag) => tag > last).slice(0, options.tagsPerPage ?? 100);
      const end = page.at(-1);
      const more = end !== undefined && end !== all.at(-1);
      return answer(
        200,
        JSON.stringify({ name, tags: page }),
        more ? { link: `</v2/${name}/tags/list?last=${end}>; rel="next"` } : {},
      );
    }
    if (kind === "referrers" && !options.noReferrers) {
      const found = [...manifests].filter(
        ([key, { bytes }]) =>
          key.startsWith(`${name}@`) &&
          (JSON.parse(bytes.toString()) as { subject?: { digest?: string } }).subject?.digest === rest,
      );
      const list = found.map(([, { mediaType, bytes }]) => ({
        mediaType,
        digest: digestOf(bytes),
        size: bytes.length,
      }));
      return answer(200, JSON.stringify({ schemaVersion: 2, manifests: list }));
    }
    return failure(404, "NAME_UNKNOWN");
  };

  const isAllowed = ({ headers }: IncomingMessage, _url: URL, writes: boolean): boolean => {
    const given = headers.authorization ?? "";
    if (auth?.kind === "basic") {
      return given === `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString("base64")}`;
    }
    const scope = tokens.get(given.replace("Bearer ", ""));
    return scope !== undefined && (!writes || scope.includes("push"));
  };

  const tokenAnswer = ({ headers, method }: IncomingMessage, url: URL, body: Buffer) => {
    const form = new URLSearchParams(body.toString());
    const scope = (method === "POST" ? form.get("scope") : url.searchParams.get("scope")) ?? "";
    const basic = `Basic ${Buffer.from(`${auth?.username}:${auth?.password}`).toString("base64")}`;
    const hasLogin =
      method === "POST" ? form.get("refresh_token") === auth?.identityToken : headers.authorization === basic;
    const isPublic = auth?.reads === "anonymous" && !scope.includes("push");
    if (!hasLogin && !isPublic) return { status: 401, headers: {}, body: "" };
    const token = randomUUID();
    tokens.set(token, scope);
    return { status: 200, headers: {}, body: JSON.stringify({ token }) };
  };

  const uploadAnswer = (request: IncomingMessage, url: URL, name: string, rest: string, body: Buffer) => {
    const answer = (status: number, headers: Record<string, string> = {}) => ({ status, headers, body: "" });
    const id = rest.replace(/^uploads\/?/, "");
    const state = () => uploads.get(id) ?? Buffer.alloc(0);
    const place = (uuid: string) => `/v2/${name}/blobs/uploads/${uuid}?state=x`;
    if (request.method === "POST") {
      const mount = url.searchParams.get("mount");
      if (mount !== null && blobs.has(mount)) return answer(201, { location: `/v2/${name}/blobs/${mount}` });
      const uuid = randomUUID();
      uploads.set(uuid, Buffer.alloc(0));
      return answer(202, { location: place(uuid) });
    }
    if (!uploads.has(id)) return answer(404);
    if (request.method === "PATCH") {
      const [, from] = /^(\d+)-/.exec(request.headers["content-range"] ?? "") ?? [];
      if (Number(from) !== state().length) return answer(416);
      uploads.set(id, Buffer.concat([state(), body]));
      return answer(202, { location: place(id), range: `0-${state().length - 1}` });
    }
    if (request.method === "GET") {
      return answer(204, { location: place(id), range: `0-${Math.max(state().length - 1, 0)}` });
    }
    const whole = Buffer.concat([state(), body]);
    const digest = url.searchParams.get("digest") ?? "";
    if (digestOf(whole) !== digest) return answer(400);
    blobs.set(digest, whole);
    uploads.delete(id);
    return answer(201, { location: `/v2/${name}/blobs/${digest}` });
  };

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? "/", "http://registry.example");
    const line = `${request.method} ${url.pathname}`;
    const parts: Buffer[] = [];
    request.on("data", (chunk: Buffer) => parts.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(parts);
      requests.push({
        method: request.method ?? "",
        target: request.url ?? "",
        headers: request.headers,
        bytes: body.length,
      });
      const scripted = scripts
        .find(({ pattern, replies }) => replies.length > 0 && pattern.test(line))
        ?.replies.shift();
      const reply =
        scripted === "ok"
          ? {}
          : (scripted ?? standing.find(({ pattern }) => pattern.test(line))?.reply ?? {});
      const send = () => {
        if (reply.hang) waiting.add(response);
        else if (reply.reset) {
          // A registry has stored a part of what was sent, so it takes no second try of the same upload.
          if (request.method === "PUT") uploads.delete(url.pathname.split("/").at(-1) ?? "");
          request.socket.destroy();
        } else sendAnswer();
      };
      const sendAnswer = () => {
        const answer =
          reply.status === undefined ? ordinary(request, url, body) : { status: 200, headers: {}, body: "" };
        const status = reply.status ?? answer.status;
        const bytes = Buffer.from(reply.body ?? answer.body);
        const headers = { ...answer.headers, ...reply.headers };
        response.writeHead(
          status,
          status === 204 ? headers : { "content-length": `${bytes.length}`, ...headers },
        );
        if (request.method === "HEAD" || status === 204) response.end();
        else if (reply.cutAfter === undefined) response.end(bytes);
        else {
          const cut = () => setTimeout(() => request.socket.destroy(), 20);
          response.write(bytes.subarray(0, reply.cutAfter), cut);
        }
      };
      if (reply.delay === undefined) send();
      else setTimeout(send, reply.delay);
    });
  };
  const server = tls ? createTlsServer(tls, handle) : createServer(handle);
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  origin = `${tls ? "https" : "http"}://${host}`;
  return {
    host,
    origin,
    requests,
    blobs,
    manifests,
    script: (pattern, ...replies) => void scripts.push({ pattern, replies: [...replies] }),
    always: (pattern, reply) => void standing.push({ pattern, reply }),
    count: (pattern) =>
      requests.filter(({ method, target }) => pattern.test(`${method} ${target.split("?")[0]}`)).length,
    async [Symbol.asyncDispose]() {
      for (const response of waiting) response.destroy();
      server.closeAllConnections();
      await new Promise<void>((closed) => server.close(() => closed()));
    },
  };
}
