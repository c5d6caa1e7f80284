import { type Connection, tlsOptions, type Transport, type TransportRequest } from "./connection.ts";

/** Bun's fetch knows proxies and certificates; Node's knows neither, so there `node:https` steps in when they are asked for. */
export const send: Transport = async (url, request, connection) => {
  if (typeof Bun !== "undefined") return fetch(url, bunInit(request, connection));
  const plain = connection.proxy === undefined && tlsOptions(connection) === undefined;
  if (plain) return fetch(url, { ...request, redirect: "manual" });
  const { sendByNode } = await import("./node-transport.ts");
  return sendByNode(url, request, connection);
};

// Kept per connection settings: the runtime shares keep-alive connections among requests with equal ones.
function bunInit(request: TransportRequest, connection: Connection): RequestInit {
  const tls = tlsOptions(connection);
  return {
    ...request,
    redirect: "manual",
    // `false`: the environment was read by us, with our own settings above it.
    proxy: connection.proxy ?? false,
    ...(tls === undefined ? {} : { tls }),
  } as RequestInit;
}
