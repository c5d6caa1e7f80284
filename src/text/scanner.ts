import type { ErrorCode } from "../errors/codes.ts";
import { PosyError } from "../errors/posy-error.ts";
import { quote } from "./quote.ts";

/** What a text should be: for the words of an error. */
interface Expectation {
  readonly code: ErrorCode;
  /** `requirement`, `environment marker`. */
  readonly noun: string;
  readonly hint: string;
}

/** Reads a text from left to right by sticky patterns; what does not fit becomes an error with its span. */
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

  /** Whether this character stands here. */
  isAt(character: string): boolean {
    return this.text[this.position] === character;
  }

  /** Goes on behind spaces and tabs. */
  skipSpace(): void {
    while (this.isAt(" ") || this.isAt("\t")) this.position += 1;
  }

  /** What the pattern (with the flag `y`) matches here, which is then behind; undefined where it doesn't. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.position += found.length;
    return found;
  }

  /** Without a span given: what stands here, up to white space. */
  fail(reason: string, start = this.position, end = this.wordEnd(start), hint?: string): PosyError {
    const { code, noun, hint: usual } = this.expectation;
    return new PosyError(code, `${quote(this.text.trim())} is not a valid ${noun}: ${reason}`, {
      hint: hint ?? usual,
      span: { text: this.text, start, end },
    });
  }

  private wordEnd(start: number): number {
    const word = /^\S+/.exec(this.text.slice(start));
    return start + (word?.[0].length ?? 0);
  }
}
