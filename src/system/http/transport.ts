import { type Connection, tlsOptions, type Transport, type TransportRequest } from "./connection.ts";

/**
 * Sends a request by `fetch` if it supports the connection, otherwise by `node:https`. Bun's `fetch` supports
 * proxies and certificates; Node's supports neither.
 */
export const send: Transport = async (url, request, connection) => {
  const isNode = typeof Bun === "undefined";
  const byFetch = isNode ? nodeFetchSupports(url, connection, process.env) : bunFetchSupports(connection);
  // `fetch` sends a streamed body without its length, which many servers refuse.
  if (byFetch && request.body === undefined) {
    const { body: _, ...rest } = request;
    const init = isNode ? rest : bunInit(rest, connection);
    return fetch(url, { ...init, redirect: "manual" });
  }
  const { sendByNode } = await import("./node-transport.ts");
  return sendByNode(url, request, connection);
};

/** `environment`: that of this process. */
export function nodeFetchSupports(
  url: string,
  { ca, clientCertificate, insecure, proxy }: Connection,
  environment: NodeJS.ProcessEnv,
): boolean {
  if (ca || clientCertificate || insecure || proxy) return false;
  // Node's `fetch` obeys this variable, and that cannot be turned off.
  return environment["NODE_TLS_REJECT_UNAUTHORIZED"] !== "0" || url.startsWith("http:");
}

/** Bun's `fetch` has only one switch for the certificates of the proxy and of the host. */
export function bunFetchSupports({ insecure, proxy }: Connection): boolean {
  return !(insecure && proxy?.url.startsWith("https:"));
}

// Kept per connection settings: the runtime shares keep-alive connections among requests with equal ones.
function bunInit(request: Omit<TransportRequest, "body">, connection: Connection): RequestInit {
  return {
    ...request,
    // `false`: Posy has already read the environment, and its settings take precedence.
    proxy: connection.proxy?.url ?? false,
    tls: tlsOptions(connection),
    // `BUN_CONFIG_VERBOSE_FETCH` would print every header, passwords included.
    verbose: false,
  } as RequestInit;
}
