import { PosyError } from "../../errors/posy-error.ts";
import { safeUrl } from "./safe-url.ts";

/** The connection failed, before or during a response. Another attempt may succeed. */
export class TransportFailure extends Error {
  constructor(cause: unknown) {
    super(reasonOf(cause), { cause });
  }

  /** Whether another attempt is pointless: certificate errors do not go away. */
  get hopeless(): boolean {
    return isCertificateCode(codeOf(this.cause));
  }
}

/** Returns the error for a request of which no attempt succeeded. */
export function networkError(url: string, failure: TransportFailure): PosyError {
  const what = `\`${safeUrl(url)}\` could not be read: ${failure.message}`;
  const hint = failure.hopeless
    ? "if your network has its own certificate authority, name its certificates in `SSL_CERT_FILE`"
    : "check the connection and the proxy settings; `--offline` works with what is already here";
  return new PosyError("network", what, { hint, cause: failure.cause });
}

/** Returns the error for a status that is final. */
export function statusError(url: string, status: number): PosyError {
  const where = safeUrl(url);
  if (status === 401 || status === 407) {
    return new PosyError(
      "authentication",
      `\`${where}\` asks for credentials, or refuses those that it got (status ${status})`,
      {
        hint: "put them into the index's URL or `~/.netrc`, or set `UV_KEYRING_PROVIDER=subprocess` to ask the `keyring` program",
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

function isCertificateCode(code: string): boolean {
  return /CERT|SIGNATURE|ALTNAME|ERR_TLS|ERR_SSL|UNABLE_TO_/.test(code);
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ConnectionRefused: "connection refused",
  ECONNRESET: "the connection was cut",
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
  Z_DATA_ERROR: "its compressed body is damaged",
};

function reasonOf(cause: unknown): string {
  const name = (cause as { name?: unknown } | null)?.name;
  if (name === "TimeoutError") return "no answer in time";
  const code = codeOf(cause);
  const known = reasons[code];
  if (known !== undefined) return known;
  if (isCertificateCode(code)) return `its certificate is not trusted (${code})`;
  const message = cause instanceof Error ? cause.message : String(cause);
  // Some messages of the runtimes contain the URL, which may contain credentials.
  const printable = message.replace(/[a-z]+:\/\/\S+/gi, (found) => safeUrl(found));
  return code === "" ? printable : `${printable} (${code})`;
}
