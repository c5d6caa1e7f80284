import { PosyError } from "../../errors/posy-error.ts";

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
    throw new PosyError("invalid-url", `\`${safeUrl(text)}\` is not a URL`, {
      hint: "write it with its scheme: `https://…`",
      cause: new Error((cause as Error).name),
    });
  }
  if (parsed.username === "" && parsed.password === "") return { url: parsed.href };
  const credentials = { username: decoded(parsed.username), password: decoded(parsed.password) };
  parsed.username = "";
  parsed.password = "";
  return { url: parsed.href, credentials };
}

/** A text that should be a URL, with whatever stands before an `@` in its host part left out: for messages. */
export function safeUrl(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, "$1");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
