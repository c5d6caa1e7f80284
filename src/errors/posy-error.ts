import { type ErrorCode, exitStatusOf } from "./codes.ts";
import { redact, redactSpan } from "./redact.ts";

/** The faulty part of a text: UTF-16 offsets, `end` exclusive. */
export interface Span {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface PosyErrorOptions {
  /** What to do next: one sentence, lower case, no full stop. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  readonly span?: Span | undefined;
}

/**
 * The only error that Posy throws on purpose. It has a stable code, a message that says what happened to what, and a
 * hint that says what to do next. Any other error that escapes is a bug. The constructor removes logins and tokens from
 * all its texts.
 */
export class PosyError extends Error {
  override readonly name = "PosyError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly span: Span | undefined;

  constructor(code: ErrorCode, message: string, options: PosyErrorOptions = {}) {
    super(redact(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint === undefined ? undefined : redact(options.hint);
    this.span = options.span === undefined ? undefined : redactSpan(options.span);
  }

  /** The exit status of a process that ends with this error. */
  get exitStatus(): number {
    return exitStatusOf[this.code];
  }
}
