import type { ErrorCode } from "../../../errors/codes.ts";
import { PosyError } from "../../../errors/posy-error.ts";
import { asPosyError, isFileFailure } from "../../../system/fs/index.ts";
import type { Damage } from "../../damage/index.ts";
import type { UnpackedWheel } from "./unpack-wheel.ts";
import type { VerifyJob } from "./verify-job.ts";
import type { UnpackJob } from "./wheel-writer.ts";

/** The message to an unpacking thread, which does one job at a time. */
export type UnpackRequest = UnpackJob | VerifyJob;

/** A message from an unpacking thread. */
export type UnpackReply =
  | { readonly kind: "progress"; readonly done: number; readonly total: number }
  | { readonly kind: "done"; readonly wheel: UnpackedWheel }
  | { readonly kind: "verified"; readonly damages: readonly Damage[] }
  | { readonly kind: "failed"; readonly error: PlainError };

/** An error in a form that can be sent between threads. A `PosyError` has a code; an error without one is a bug. */
interface PlainError {
  readonly code: ErrorCode | undefined;
  readonly message: string;
  readonly hint: string | undefined;
  readonly stack: string | undefined;
}

export function toPlainError(error: unknown): PlainError {
  // The fields of a system error would be lost on the way.
  const expected = isFileFailure(error) ? asPosyError(error, "reading the store") : error;
  const posyError = expected instanceof PosyError ? expected : undefined;
  const { message, stack } = expected instanceof Error ? expected : new Error(String(expected));
  return { code: posyError?.code, hint: posyError?.hint, message, stack };
}

export function fromPlainError({ code, message, hint, stack }: PlainError): Error {
  if (code !== undefined) return new PosyError(code, message, { hint });
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
