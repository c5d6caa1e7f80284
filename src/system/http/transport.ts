import { type Connection, tlsOptions, type Transport, type TransportRequest } from "./connection.ts";

/**
 * Bun's fetch can be given proxies and certificates. Node's can be given neither, so `node:https` takes its place where
 * they are needed.
 */
export const send: Transport = async (url, request, connection) => {
  const byFetch = typeof Bun === "undefined" ? nodeFetchWillDo(url, connection) : bunFetchWillDo(connection);
  if (byFetch) {
    const init = typeof Bun === "undefined" ? request : bunInit(request, connection);
    return fetch(url, { ...init, redirect: "manual" });
  }
  const { sendByNode } = await import("./node-transport.ts");
  return sendByNode(url, request, connection);
};

function nodeFetchWillDo(url: string, connection: Connection): boolean {
  const { ca, clientCertificate, insecure, proxy } = connection;
  if (ca || clientCertificate || insecure || proxy !== undefined) return false;
  // Node's fetch goes by this variable, and can't be told otherwise.
  return process.env["NODE_TLS_REJECT_UNAUTHORIZED"] !== "0" || url.startsWith("http:");
}

/** Bun's fetch has one switch for both certificates, the proxy's and the host's. */
function bunFetchWillDo({ insecure, proxy }: Connection): boolean {
  return !(insecure && proxy?.startsWith("https:"));
}

// Kept per connection settings: the runtime shares keep-alive connections among requests with equal ones.
function bunInit(request: TransportRequest, connection: Connection): RequestInit {
  return {
    ...request,
    // `false`: the environment was read by us, with our own settings above it.
    proxy: connection.proxy ?? false,
    tls: tlsOptions(connection),
    // `BUN_CONFIG_VERBOSE_FETCH` would print every header, passwords included.
    verbose: false,
  } as RequestInit;
}
