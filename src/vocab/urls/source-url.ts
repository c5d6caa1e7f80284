import { PosyError } from "../../errors/posy-error.ts";
import { withoutCredentials } from "./direct-url.ts";
import { quote } from "../../text/index.ts";

/** Percent-encoding undone, where it is one. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `invalid-url`, without credentials and without what is only between our own rooms. */
export function invalidSourceUrl(url: string, what: string, hint: string): PosyError {
  const shown = withoutCredentials(url).replace(/[#&]editable=true$/, "");
  return new PosyError("invalid-url", `${quote(shown)} ${what}`, { hint });
}
