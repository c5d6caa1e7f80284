import { request as httpRequest, type ClientRequest, type IncomingMessage } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import { isIP, type Socket } from "node:net";
import { Readable } from "node:stream";
import { connect as tlsConnect } from "node:tls";
import {
  type Connection,
  proxyTlsOptions,
  tlsOptions,
  type Transport,
  type TransportRequest,
} from "./connection.ts";
import { basicAuthorization } from "./credentials.ts";
import { TunnelRefusal } from "./http-failure.ts";
import { splitCredentials } from "./safe-url.ts";

const agents = new WeakMap<Connection, Agent>();

/**
 * Does the same as `fetch`, through `node:https`: for certificates and proxies, which Node's `fetch` does not
 * support.
 */
export const sendByNode: Transport = async (url, request, connection) => {
  const target = new URL(url);
  const { method, headers, signal } = request;
  const opened = await openRequest(target, { method, headers, signal }, connection);
  return toResponse(await responseOf(opened), method);
};

async function openRequest(
  target: URL,
  options: TransportRequest,
  connection: Connection,
): Promise<ClientRequest> {
  const secure = target.protocol === "https:";
  if (connection.proxy === undefined) {
    return secure
      ? httpsRequest(target, { ...options, agent: agentOf(connection) })
      : httpRequest(target, options);
  }
  const proxy = new URL(connection.proxy.url);
  const authorization = proxyAuthorization(proxy);
  const requestProxy = proxy.protocol === "https:" ? httpsRequest : httpRequest;
  const port = proxy.port || (proxy.protocol === "https:" ? 443 : 80);
  const proxyOptions = { ...namesOf(proxy), port, ...proxyTlsOptions(connection) };
  if (!secure) {
    // RFC 9112, section 3.2.2: a proxy gets the whole URL.
    const headers = { ...options.headers, host: target.host, ...authorization };
    return requestProxy({ ...options, ...proxyOptions, path: target.href, headers });
  }
  const tunnel = requestProxy({
    ...proxyOptions,
    method: "CONNECT",
    path: `${target.hostname}:${target.port || 443}`,
    headers: authorization,
    signal: options.signal,
  });
  const socket = await new Promise<Socket>((resolve, reject) => {
    tunnel.once("error", reject);
    tunnel.once("connect", (response, socket) => {
      if (response.statusCode === 200) resolve(socket as Socket);
      else reject(new TunnelRefusal(Number(response.statusCode)));
    });
    tunnel.end();
  });
  const encrypted = tlsConnect({ ...tlsOptions(connection), socket, ...namesOf(target) });
  // Without `agent: false`: with it Node makes an agent, which bypasses the tunnel.
  return httpsRequest(target, { ...options, createConnection: () => encrypted });
}

function agentOf(connection: Connection): Agent {
  let agent = agents.get(connection);
  if (!agent) {
    agent = new Agent({ keepAlive: true, ...tlsOptions(connection) });
    agents.set(connection, agent);
  }
  return agent;
}

function responseOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once("error", reject);
    request.once("response", resolve);
    request.end();
  });
}

async function toResponse(message: IncomingMessage, method: string): Promise<Response> {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(message.headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  const status = Number(message.statusCode);
  if (method === "HEAD" || status === 204 || status === 304) {
    message.resume();
    return new Response(null, { status, headers });
  }
  const body = Readable.toWeb(await decoded(message, headers)) as ReadableStream;
  return new Response(body, { status, headers });
}

/** Undoes `Content-Encoding`, as fetch does. */
async function decoded(message: IncomingMessage, headers: Headers): Promise<Readable> {
  const encoding = headers.get("content-encoding");
  if (encoding !== "gzip" && encoding !== "br" && encoding !== "deflate") return message;
  const { createBrotliDecompress, createUnzip } = await import("node:zlib");
  const decoder = encoding === "br" ? createBrotliDecompress() : createUnzip();
  message.once("error", (error) => decoder.destroy(error));
  return message.pipe(decoder);
}

/**
 * Returns the host of a URL to connect to (an IPv6 address without its brackets) and to check the certificate for.
 * Without `servername` Node would check the certificate of a proxy for the `Host` of the request. An address is no
 * server name (RFC 6066, section 3): with "" Node checks the certificate for `host`.
 */
function namesOf({ hostname }: URL): { host: string; servername: string } {
  const host = hostname.replace(/^\[|\]$/g, "");
  return { host, servername: isIP(host) ? "" : host };
}

function proxyAuthorization(proxy: URL): Record<string, string> {
  const { credentials } = splitCredentials(proxy.href);
  return credentials ? { "proxy-authorization": basicAuthorization(credentials) } : {};
}
