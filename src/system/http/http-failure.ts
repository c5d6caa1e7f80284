import { PosyError } from "../../errors/posy-error.ts";
import type { Proxy } from "./proxy.ts";
import { isTransientStatus } from "./retry-policy.ts";
import { safeUrl, splitCredentials } from "./safe-url.ts";

/** The connection failed, before or during a response. Another attempt may succeed. */
export class TransportFailure extends Error {
  /** The proxy of the connection. Without an answer, the failure is usually its own. */
  readonly proxy: Proxy | undefined;

  constructor(cause: unknown, proxy?: Proxy) {
    super(reasonOf(cause), { cause });
    this.proxy = proxy;
  }

  /** The status with which the proxy refused, if it did. */
  get refusal(): number | undefined {
    const { code, message = "" } = (this.cause ?? {}) as { code?: unknown; message?: string };
    // Bun's message is "Proxy refused to open a tunnel: 407 Proxy Authentication Required".
    const status = code === tunnelCode ? /\b[1-5]\d\d\b/.exec(message)?.[0] : undefined;
    return status === undefined ? undefined : Number(status);
  }

  /** Whether the server's certificate was not accepted. */
  get isCertificate(): boolean {
    return isCertificateCode(codeOf(this.cause));
  }

  /** Whether another attempt is pointless: wrong certificates stay wrong, and refusals stay refusals. */
  get hopeless(): boolean {
    return this.isCertificate || !isTransientStatus(this.refusal ?? 500);
  }
}

const tunnelCode = "ERR_PROXY_TUNNEL";

/** The proxy answered a request with a status of its own. It has the code that Bun's `fetch` gives it. */
export class TunnelRefusal extends Error {
  readonly code = tunnelCode;

  constructor(status: number) {
    super(`the proxy answered with status ${status}`);
  }
}

/** Returns the error for a request of which no attempt succeeded. */
export function networkError(url: string, failure: TransportFailure): PosyError {
  if (failure.proxy !== undefined && !isCertificateCode(codeOf(failure.cause))) {
    return proxyError(url, failure, failure.proxy);
  }
  const what = `\`${safeUrl(url)}\` could not be read: ${failure.message}`;
  const hint = failure.hopeless
    ? certificateHint(codeOf(failure.cause), url)
    : "check the connection and the proxy settings; `--offline` works with what is already here";
  return new PosyError("network", what, { hint, cause: failure.cause });
}

function proxyError(url: string, failure: TransportFailure, proxy: Proxy): PosyError {
  const address = safeUrl(splitCredentials(proxy.url).url).replace(/\/$/, "");
  const { cause, refusal } = failure;
  if (refusal === 407) {
    return new PosyError(
      "authentication",
      `the proxy \`${address}\` asks for credentials, or refuses those that it got (status 407)`,
      { hint: `put them into \`${proxy.source}\`: \`http://user:password@host:port\``, cause },
    );
  }
  const what = `\`${safeUrl(url)}\` could not be read through the proxy \`${address}\``;
  const why = refusal === undefined ? failure.message : `the proxy refuses it (status ${refusal})`;
  return new PosyError("network", `${what}: ${why}`, {
    hint: `check \`${proxy.source}\`, which names the proxy; hosts in \`NO_PROXY\` are reached without it`,
    cause,
  });
}

/** Returns the error for a status that is final. */
export function statusError(url: string, status: number): PosyError {
  const where = safeUrl(url);
  if (status === 401 || status === 407) {
    return new PosyError(
      "authentication",
      `\`${where}\` asks for credentials, or refuses those that it got (status ${status})`,
      {
        hint:
          "put them into the index's URL, `~/.netrc`, or for an index called NAME into `POSY_INDEX_NAME_USERNAME` and " +
          "`POSY_INDEX_NAME_PASSWORD`; `UV_KEYRING_PROVIDER=subprocess` asks the `keyring` program",
      },
    );
  }
  if (status === 403) {
    return new PosyError("authentication", `\`${where}\` refuses access (status 403)`, {
      hint: "check the credentials for this host, and that it allows what was asked for",
    });
  }
  const hint =
    status >= 500 || status === 429
      ? "the server has trouble: try again later"
      : "check the URL of the index, or leave it out";
  return new PosyError("http-status", `\`${where}\` answered with status ${status}`, { hint });
}

function codeOf(error: unknown): string {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  if (typeof code === "string") return code;
  return cause === undefined || cause === error ? "" : codeOf(cause);
}

/** Whether the check of a server's certificate failed. The names of its errors are OpenSSL's. */
function isCertificateCode(code: string): boolean {
  return !isHandshakeCode(code) && /CERT|SIGNATURE|ALTNAME|ERR_TLS|ERR_SSL|UNABLE_TO_/.test(code);
}

/** Whether the two sides could not agree on a TLS connection, so that there was no certificate to check. */
function isHandshakeCode(code: string): boolean {
  return /^(EPROTO|ERR_SSL_\w*(ALERT|VERSION|PROTOCOL|HANDSHAKE|CIPHER)\w*)$/.test(code);
}

function certificateReason(code: string): string {
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return "its certificate is for another host";
  if (code === "CERT_HAS_EXPIRED") return "its certificate has expired";
  if (code === "CERT_NOT_YET_VALID") return "its certificate is not valid yet";
  if (code === "CERT_REVOKED") return "its certificate was revoked";
  return `its certificate is not trusted (${code})`;
}

/** Returns what to do about a certificate. More trusted authorities help only if its authority is unknown. */
function certificateHint(code: string, url: string): string {
  const host = new URL(url).hostname;
  switch (code) {
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `check the host in the URL; if it is right, \`--trusted-host ${host}\` accepts any certificate`;
    case "CERT_HAS_EXPIRED":
    case "CERT_NOT_YET_VALID":
      return `check the date of this machine; if it is right, tell the operators of \`${host}\``;
    case "CERT_REVOKED":
      return `tell the operators of \`${host}\``;
    default:
      return "if your network has its own certificate authority, name its certificates in `SSL_CERT_FILE`";
  }
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ConnectionRefused: "connection refused",
  ECONNRESET: "the connection was cut",
  ECONNABORTED: "the connection was cut",
  ConnectionClosed: "the connection was cut",
  UND_ERR_SOCKET: "the connection was cut",
  EPIPE: "the connection was cut",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "the host's name could not be looked up",
  EHOSTUNREACH: "no way to the host",
  ENETUNREACH: "no network",
  ETIMEDOUT: "no answer in time",
  UND_ERR_CONNECT_TIMEOUT: "no answer in time",
  ZlibError: "its compressed body is damaged",
  BrotliDecompressionError: "its compressed body is damaged",
  ZstdDecompressionError: "its compressed body is damaged",
  Z_DATA_ERROR: "its compressed body is damaged",
  ERR_BROTLI_FORMAT: "its compressed body is damaged",
  InvalidHTTPResponse: "the answer is not valid HTTP",
  InvalidContentLength: "the `Content-Length` of the answer is not valid",
  HPE_INVALID_CONTENT_LENGTH: "the `Content-Length` of the answer is not valid",
  HPE_UNEXPECTED_CONTENT_LENGTH:
    "the answer has more than one length, or a `Content-Length` and a `Transfer-Encoding`",
  UND_ERR_HEADERS_OVERFLOW: "the answer has too many headers",
  ResponseHeadersTooLarge: "the answer has too many headers",
  UnsupportedProxyProtocol:
    "the proxy has a protocol that Posy does not support (only `http:` and `https:` are)",
  ERR_INVALID_URL: "the URL is not valid",
  EADDRNOTAVAIL: "there is no network",
  ENETDOWN: "there is no network",
};

function reasonOf(cause: unknown): string {
  const name = (cause as { name?: unknown } | null)?.name;
  if (name === "TimeoutError") return "no answer in time";
  const code = codeOf(cause);
  const known = reasons[code];
  if (known !== undefined) return known;
  if (isCertificateCode(code)) return certificateReason(code);
  if (isHandshakeCode(code))
    return `no TLS connection could be made: does the server speak TLS on this port? (${code})`;
  if (code.startsWith("HPE_")) return "the answer is not valid HTTP";
  const message = cause instanceof Error ? cause.message : String(cause);
  // A runtime's own text addresses programmers ("For more information, pass `verbose: true` …"). The message has only
  // the code of the error.
  if (message === "fetch failed") return "the request failed";
  if (code !== "" && /\bfetch\b|verbose: true/.test(message)) return `the request failed (${code})`;
  // Some messages of the runtimes contain the URL, which may contain credentials.
  const printable = message.replace(/[a-z]+:\/\/\S+/gi, (found) => safeUrl(found));
  return code === "" ? printable : `${printable} (${code})`;
}
