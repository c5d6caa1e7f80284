/** What a connection needs beside the request. */
export interface Connection {
  /** Certificate authorities in PEM; the runtime's own without it. */
  readonly ca?: readonly string[];
  /** A client certificate with its key, PEM. */
  readonly clientCertificate?: { readonly cert: string; readonly key: string };
  /** Certificates aren't checked: the host is trusted by setting. */
  readonly insecure?: boolean;
  /** `http://host:port`, perhaps with credentials. */
  readonly proxy?: string;
}

export interface TransportRequest {
  readonly method: "GET" | "HEAD";
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Sends one request and follows no redirects. Rejects with whatever the runtime has for a failed connection. */
export type Transport = (url: string, request: TransportRequest, connection: Connection) => Promise<Response>;

export interface TlsOptions {
  ca?: string[];
  cert?: string;
  key?: string;
  rejectUnauthorized: boolean;
}

/** Always says whether certificates are checked: without it the runtimes go by `NODE_TLS_REJECT_UNAUTHORIZED`. */
export function tlsOptions(connection: Connection): TlsOptions {
  return {
    ...(connection.ca ? { ca: [...connection.ca] } : {}),
    ...connection.clientCertificate,
    rejectUnauthorized: connection.insecure !== true,
  };
}

/** For the connection to an `https:` proxy: trusting the host behind it is not trusting the proxy. */
export function proxyTlsOptions(connection: Connection): TlsOptions {
  return { ...(connection.ca ? { ca: [...connection.ca] } : {}), rejectUnauthorized: true };
}
