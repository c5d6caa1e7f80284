import { PosyError } from "../../errors/posy-error.ts";
import { hideInMessages, redact } from "../../errors/redact.ts";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A URL as a person may have typed it, taken apart: the URL is safe to print and to keep. */
export interface SplitUrl {
  readonly url: string;
  readonly credentials?: Credentials;
}

/**
 * Takes the credentials out of a URL. Throws `invalid-url`, without repeating what might hold a password.
 */
export function splitCredentials(text: string): SplitUrl {
  let parsed: URL;
  try {
    parsed = new URL(text);
  } catch (cause) {
    throw new PosyError("invalid-url", `\`${redact(text)}\` is not a URL`, {
      hint: text.includes("@")
        ? "write `/`, `?`, `#` and `@` of a name or password as `%2F`, `%3F`, `%23` and `%40`"
        : "write it with its scheme: `https://…`",
      cause: new Error((cause as Error).name),
    });
  }
  if (parsed.username === "" && parsed.password === "") return { url: parsed.href };
  const credentials = { username: decoded(parsed.username), password: decoded(parsed.password) };
  hideInMessages(credentials.password || credentials.username);
  parsed.username = "";
  parsed.password = "";
  return { url: parsed.href, credentials };
}

/** A text that should be a URL, for messages: without what is, or may be, a login in it. */
export function safeUrl(text: string): string {
  // Without a scheme: `name:password@example.org/simple/`.
  const bare = text.replace(/^[^/?#@\s:]+:(?!\/\/)(?!\d*\/)\S*@/, "****@");
  return redact(bare).replace("://****@", "://");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
