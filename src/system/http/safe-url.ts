import { PosyError } from "../../errors/posy-error.ts";
import { hideInMessages, redact } from "../../errors/redact.ts";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A URL split from its credentials. The URL is safe to print and to store. */
export interface SplitUrl {
  readonly url: string;
  readonly credentials?: Credentials;
}

/**
 * Splits a URL from its credentials. Throws `invalid-url`, with a message that does not repeat what may be a
 * password.
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

/** Returns a text that should be a URL for use in messages, without anything that is or may be a login. */
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
