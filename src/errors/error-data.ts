import { PosyError } from "./posy-error.ts";
import { redact } from "./redact.ts";

/** Returns an error as plain data: its code, what happened, and what to do next. */
export function errorData(error: unknown): {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
} {
  if (!(error instanceof PosyError)) return { code: "bug", message: redact(String(error)) };
  const { code, message, hint } = error;
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}
