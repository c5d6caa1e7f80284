import { PosyError } from "../../errors/posy-error.ts";
import { withoutCredentials } from "./direct-url.ts";
import { quote } from "../../text/index.ts";

/** Decodes percent-encoding. Returns the text as it is if the encoding is malformed. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Makes an `invalid-url` error. The URL is shown without credentials and without the internal `editable=true`. */
export function invalidSourceUrl(url: string, what: string, hint: string): PosyError {
  const shown = withoutCredentials(url).replace(/[#&]editable=true$/, "");
  return new PosyError("invalid-url", `${quote(shown)} ${what}`, { hint });
}
