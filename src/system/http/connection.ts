import type { Proxy } from "./proxy.ts";

/** The properties of a connection that are not part of the request. */
export interface Connection {
  /** Certificate authorities in PEM. Default: those of the runtime. */
  readonly ca?: readonly string[];
  /** A client certificate with its key, PEM. */
  readonly clientCertificate?: { readonly cert: string; readonly key: string };
  /** Certificates are not checked, because a setting trusts the host. */
  readonly insecure?: boolean;
  readonly proxy?: Proxy;
}

export interface TransportRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH";
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly body?: RequestBody | undefined;
}

/** The body of a request. It is made piece by piece, because it may be larger than the memory. */
export interface RequestBody {
  /** The number of bytes of all chunks. */
  readonly length: number;
  /** Returns the chunks from the beginning. Each attempt calls it once. */
  chunks(): AsyncIterable<Uint8Array>;
}

/** Sends one request and follows no redirects. Rejects with the runtime's error if the connection fails. */
export type Transport = (url: string, request: TransportRequest, connection: Connection) => Promise<Response>;

export interface TlsOptions {
  ca?: string[];
  cert?: string;
  key?: string;
  rejectUnauthorized: boolean;
}

/**
 * Returns the TLS options. They always state whether certificates are checked: otherwise the runtimes use
 * `NODE_TLS_REJECT_UNAUTHORIZED`.
 */
export function tlsOptions(connection: Connection): TlsOptions {
  return {
    ...(connection.ca ? { ca: [...connection.ca] } : {}),
    ...connection.clientCertificate,
    rejectUnauthorized: connection.insecure !== true,
  };
}

/**
 * Returns the TLS options for an `https:` proxy. Trusting the host behind the proxy does not mean trusting
 * the proxy.
 */
export function proxyTlsOptions(connection: Connection): TlsOptions {
  return { ...(connection.ca ? { ca: [...connection.ca] } : {}), rejectUnauthorized: true };
}
