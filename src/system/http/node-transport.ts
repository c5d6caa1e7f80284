import { request as httpRequest, type ClientRequest, type IncomingMessage } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import { isIP, type Socket } from "node:net";
import { Readable } from "node:stream";
import { connect as tlsConnect } from "node:tls";
import {
  type Connection,
  proxyTlsOptions,
  type RequestBody,
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
  const { method, signal, body } = request;
  const headers =
    body === undefined ? request.headers : { ...request.headers, "content-length": `${body.length}` };
  const opened = await openRequest(target, { method, headers, signal, body }, connection);
  const message = await responseOf(opened, body);
  // A server may answer before it has the whole body. The rest is not sent, so the connection is of no use any more.
  if (body !== undefined) message.once("close", () => opened.destroy());
  return toResponse(message, method);
};

async function openRequest(
  target: URL,
  { body, ...options }: TransportRequest,
  connection: Connection,
): Promise<ClientRequest> {
  const secure = target.protocol === "https:";
  if (connection.proxy === undefined) {
    // A server may close a kept connection at any moment. A body would then be sent for nothing.
    if (body !== undefined) {
      const request = secure ? httpsRequest : httpRequest;
      return request(target, { ...options, ...(secure ? tlsOptions(connection) : {}), agent: false });
    }
    return secure
      ? httpsRequest(target, { ...options, agent: agentOf(connection) })
      : httpRequest(target, options);
  }
  const proxy = new URL(connection.proxy.url);
  const authorization = proxyAuthorization(proxy);
  const requestProxy = proxy.protocol === "https:" ? httpsRequest : httpRequest;
  const proxyOptions = { ...namesOf(proxy), port: portOf(proxy), ...proxyTlsOptions(connection) };
  if (!secure) {
    // RFC 9112, section 3.2.2: a proxy gets the whole URL.
    const headers = { ...options.headers, host: target.host, ...authorization };
    return requestProxy({ ...options, ...proxyOptions, path: target.href, headers });
  }
  const tunnel = requestProxy({
    ...proxyOptions,
    method: "CONNECT",
    path: `${target.hostname}:${portOf(target)}`,
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

async function responseOf(request: ClientRequest, body?: RequestBody): Promise<IncomingMessage> {
  let isAnswered = false;
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    request.once("response", resolve);
    request.on("error", reject);
  });
  const answered = response.then(
    () => void (isAnswered = true),
    () => void (isAnswered = true),
  );
  if (body === undefined) request.end();
  else await sendBody(request, body, answered, () => isAnswered);
  return response;
}

/** Writes a body, not faster than the server takes it, until the server answers or the connection ends. */
async function sendBody(
  request: ClientRequest,
  body: RequestBody,
  answered: Promise<void>,
  isAnswered: () => boolean,
): Promise<void> {
  try {
    for await (const chunk of body.chunks()) {
      if (isAnswered()) return;
      if (request.write(chunk)) continue;
      const drained = new Promise<void>((resolve) => request.once("drain", resolve));
      await Promise.race([drained, answered]);
    }
    if (!isAnswered()) request.end();
  } catch (error) {
    // The body could not be read: the request must not look complete.
    request.destroy();
    throw error;
  }
}

async function toResponse(message: IncomingMessage, method: string): Promise<Response> {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(message.headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  const status = Number(message.statusCode);
  // Some indexes say in the reason phrase why they refuse a file.
  const statusText = String(message.statusMessage).replace(/[^\t\x20-\x7e\x80-\xff]/g, "");
  if (method === "HEAD" || status === 204 || status === 304) {
    message.resume();
    return new Response(null, { status, statusText, headers });
  }
  const body = Readable.toWeb(await decoded(message, headers)) as ReadableStream;
  return new Response(body, { status, statusText, headers });
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

/** Returns the port of a URL, or the usual one of its scheme. */
export function portOf({ port, protocol }: URL): string {
  return port || (protocol === "https:" ? "443" : "80");
}

/**
 * Returns the host of a URL to connect to (an IPv6 address without its brackets) and to check the certificate for.
 * Without `servername` Node would check the certificate of a proxy for the `Host` of the request. An address is no
 * server name (RFC 6066, section 3): with "" Node checks the certificate for `host`.
 */
export function namesOf({ hostname }: URL): { host: string; servername: string } {
  const host = hostname.replace(/^\[|\]$/g, "");
  return { host, servername: isIP(host) ? "" : host };
}

function proxyAuthorization(proxy: URL): Record<string, string> {
  const { credentials } = splitCredentials(proxy.href);
  return credentials ? { "proxy-authorization": basicAuthorization(credentials) } : {};
}
