import type { ErrorCode } from "../../errors/codes.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { UnpackedWheel } from "./unpack-wheel.ts";
import type { UnpackJob } from "./wheel-writer.ts";

/** What a thread that unpacks is asked: one job at a time. */
export type UnpackRequest = UnpackJob;

/** What it answers. */
export type UnpackReply =
  | { readonly kind: "progress"; readonly done: number; readonly total: number }
  | { readonly kind: "done"; readonly wheel: UnpackedWheel }
  | { readonly kind: "failed"; readonly error: PlainError };

/** A `PosyError` that can go from one thread to another; without a code it is a bug. */
interface PlainError {
  readonly code: ErrorCode | undefined;
  readonly message: string;
  readonly hint: string | undefined;
  readonly stack: string | undefined;
}

export function toPlainError(error: unknown): PlainError {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const known = error instanceof PosyError ? error : undefined;
  return { code: known?.code, hint: known?.hint, message, stack };
}

export function fromPlainError({ code, message, hint, stack }: PlainError): Error {
  if (code !== undefined) return new PosyError(code, message, { hint });
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}
