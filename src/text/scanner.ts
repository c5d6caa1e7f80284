import type { ErrorCode } from "../errors/codes.ts";
import { PosyError } from "../errors/posy-error.ts";
import { quote } from "./quote.ts";

/** What a text should be. It makes the words of an error. */
interface Expectation {
  readonly code: ErrorCode;
  /** `requirement`, `environment marker`. */
  readonly noun: string;
  readonly hint: string;
}

/** Reads a text from left to right by sticky patterns, and makes errors that mark the span at fault. */
export class Scanner {
  readonly text: string;
  position = 0;
  private readonly expectation: Expectation;

  constructor(text: string, expectation: Expectation) {
    this.text = text;
    this.expectation = expectation;
  }

  get atEnd(): boolean {
    return this.position >= this.text.length;
  }

  /** Whether the next character is this one. */
  isAt(character: string): boolean {
    return this.text[this.position] === character;
  }

  /** Skips spaces and tabs. */
  skipSpace(): void {
    while (this.isAt(" ") || this.isAt("\t")) this.position += 1;
  }

  /** Reads and returns what the pattern (with the flag `y`) matches here. Undefined if it does not match. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const match = pattern.exec(this.text)?.[0];
    if (match !== undefined) this.position += match.length;
    return match;
  }

  /** Makes an error that marks the text from `start` to `end`: by default the next word. */
  fail(reason: string, start = this.position, end = this.wordEnd(start), hint?: string): PosyError {
    const { code, noun, hint: defaultHint } = this.expectation;
    return new PosyError(code, `${quote(this.text.trim())} is not a valid ${noun}: ${reason}`, {
      hint: hint ?? defaultHint,
      span: { text: this.text, start, end },
    });
  }

  private wordEnd(start: number): number {
    const word = /^\S+/.exec(this.text.slice(start));
    return start + (word?.[0].length ?? 0);
  }
}
