import { PosyError } from "../../errors/posy-error.ts";
import { type HttpResponse, isTransientStatus, safeUrl } from "../../system/http/index.ts";
import { quote } from "../../text/index.ts";

/** What an index answered to an upload. */
export type UploadAnswer =
  | { readonly kind: "stored" }
  /** It has a file of this name already, with the same content or another one. */
  | { readonly kind: "exists"; readonly message: string }
  /** Another attempt may succeed. `retryAfter` is the header. */
  | { readonly kind: "trouble"; readonly error: PosyError; readonly retryAfter: string | null }
  | { readonly kind: "refused"; readonly error: PosyError };

/** Reads the answer to the upload of a file. `withCredentials`: the request had some. */
export async function readUploadAnswer(
  response: HttpResponse,
  filename: string,
  withCredentials: boolean,
): Promise<UploadAnswer> {
  const { status, headers } = response;
  const body = await bodyStart(response);
  const isPage = /^\s*<(!doctype html|html)\b/i.test(body);
  if (status >= 200 && status < 300 && !isPage) return { kind: "stored" };
  const message = messageIn(body, response);
  if (saysExists(status, `${response.reason} ${message}`)) return { kind: "exists", message };
  const error = refusal(response, { filename, message, isPage, withCredentials });
  return isTransientStatus(status)
    ? { kind: "trouble", error, retryAfter: headers.get("retry-after") }
    : { kind: "refused", error };
}

/**
 * Whether an answer means that the file is there already: pypiserver and devpi (409), the public index (400), Nexus
 * (400), GitLab (400), Artifactory (403).
 */
function saysExists(status: number, text: string): boolean {
  return (
    status === 409 ||
    (status === 400 && /already exist|already been taken|updating asset/i.test(text)) ||
    (status === 403 && /overwrite/i.test(text))
  );
}

interface Refusal {
  readonly filename: string;
  readonly message: string;
  readonly isPage: boolean;
  readonly withCredentials: boolean;
}

function refusal(
  { status, url, headers }: HttpResponse,
  { filename, message, isPage, withCredentials }: Refusal,
): PosyError {
  const where = safeUrl(url);
  const said = message === "" ? "" : `: ${quote(message)}`;
  const what = `\`${filename}\` was not uploaded: \`${where}\``;
  const make = (code: "authentication" | "http-status", text: string, hint: string) =>
    new PosyError(code, `${what} ${text}`, { hint });
  if (status >= 200 && status < 300) {
    return make("http-status", `answers with a web page, not as an index${said}`, notAnUploadUrl);
  }
  if (status >= 300 && status < 400) {
    const location = headers.get("location");
    const target = location === null ? "elsewhere" : `to \`${safeUrl(new URL(location, url).href)}\``;
    return make(
      "http-status",
      `redirects ${target}, and uploads follow no redirects`,
      "if you trust that URL, name it with `--publish-url`",
    );
  }
  switch (status) {
    case 401:
    case 403:
      return make(
        "authentication",
        `${withCredentials ? "refuses the credentials or what they may do" : "asks for credentials"} (status ${status})${said}`,
        withCredentials
          ? "check the token or password, and that it may upload this project"
          : "give `--token`, or `--username` and `--password`, or set `POSY_PUBLISH_TOKEN`; `~/.netrc` and `~/.pypirc` may have them, too",
      );
    case 404:
    case 405:
    case 410:
      return make("http-status", `takes no uploads (status ${status})${said}`, notAnUploadUrl);
    case 413:
      return make(
        "http-status",
        `takes no files of this size (status 413)${said}`,
        "make the file smaller, or ask the operators of the index for a higher limit",
      );
    case 429: {
      const wait = headers.get("retry-after");
      return make(
        "http-status",
        `gets too many requests (status 429)${said}`,
        wait === null
          ? "try again later"
          : `try again after ${/^\d+$/.test(wait) ? `${wait} seconds` : wait}`,
      );
    }
    default:
      return make(
        "http-status",
        `answered with status ${status}${isPage || said !== "" ? said : ""}`,
        status >= 500
          ? "the server has trouble: try again later"
          : "the index refuses the file: correct it and build it again",
      );
  }
}

const notAnUploadUrl =
  "check the URL: the upload URL of an index is another one than that of its pages, which ends with `/simple/`";

const mostRead = 1 << 16;

/** Returns the beginning of a body as text. */
async function bodyStart(response: HttpResponse): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.chunks()) {
      parts.push(chunk);
      size += chunk.length;
      if (size >= mostRead) break;
    }
  } catch {
    // The status counts, even if the message is cut off.
  }
  return Buffer.concat(parts).subarray(0, mostRead).toString("utf8");
}

const longestMessage = 300;

/** Returns what the server says: a field of JSON, the title of a page, a short text, or the reason phrase. */
function messageIn(body: string, { headers, reason, status }: HttpResponse): string {
  const type = headers.get("content-type") ?? "";
  let text = "";
  if (type.includes("json")) text = jsonMessage(body);
  else if (/^\s*</.test(body)) text = /<title[^>]*>([^<]*)<\/title>/i.exec(body)?.[1] ?? "";
  else text = body;
  const plain = (text.trim() === "" ? reason : text)
    .replace(new RegExp(`^\\s*${status}\\s+`), "")
    .replace(/\s+/g, " ")
    .trim();
  return plain.length > longestMessage ? `${plain.slice(0, longestMessage)}…` : plain;
}

function jsonMessage(body: string): string {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return body;
  }
  if (typeof value !== "object" || value === null) return String(value);
  const { code, message, error, detail, errors } = value as Readonly<Record<string, unknown>>;
  const [first] = Array.isArray(errors) ? (errors as unknown[]) : [];
  const inner = (first as { readonly message?: unknown } | undefined)?.message;
  const found = [code, message, error, detail, inner].find((each) => each !== undefined && each !== null);
  return typeof found === "string" ? found : found === undefined ? "" : JSON.stringify(found);
}
