import type { ErrorCode } from "../../../errors/codes.ts";
import { PosyError, type Span } from "../../../errors/posy-error.ts";
import { version } from "../../../version.ts";
import { visible } from "../../../text/index.ts";
import type { Paint } from "./paint.ts";

export interface ErrorView {
  readonly paint: Paint;
  /** `-v`: shows the causes too, and the stack of a bug. */
  readonly verbose: boolean;
}

/**
 * An error as text: `error:` and the message, the text at fault with a mark under it, `hint:` and what to do next.
 */
export function renderError(error: unknown, view: ErrorView): string {
  const { paint, verbose } = view;
  const expected = error instanceof PosyError && error.code !== "bug" ? error : undefined;
  const lines = [`${paint.error("error:")} ${visible(expected ? expected.message : bugMessage(error))}`];
  if (expected?.span) lines.push(...renderSpan(expected.span, paint));
  if (verbose) lines.push(...renderCauses(error, paint, expected === undefined));
  const hint =
    expected === undefined ? bugHint(verbose) : (expected.hint ?? plainHints[expected.code] ?? anyHint);
  lines.push(`${paint.hint("hint:")} ${visible(hint)}`);
  return `${lines.join("\n")}\n`;
}

function bugMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return `this is a bug in posy ${version}: ${message.split("\n", 1)[0]?.replace(/\b[A-Z][a-zA-Z]*Error: /, "") ?? ""}`;
}

function bugHint(verbose: boolean): string {
  const where = "where you got posy, with the command line and the text above";
  return verbose ? `please report it ${where}` : `run it again with \`-v\` and please report it ${where}`;
}

const anyHint = "run it again with `-v` to see what caused it";

/** The hints for errors without a hint, by code. */
const plainHints: Partial<Record<ErrorCode, string>> = {
  usage: "`posy --help` lists the commands",
  network: "check the connection and the index's address, then run it again",
  "http-status": "run it again later, or choose another index with `--default-index`",
  authentication: "put credentials into the index's URL or `~/.netrc`",
  "invalid-requirements-file": "correct that line; the format is that of pip's requirements files",
  "invalid-project": "correct that line; docs/reference/settings.md lists the settings of `pyproject.toml`",
  offline: "run it once without `--offline`",
  "hash-mismatch": "run it again with `--refresh`; if it happens again, do not use that file",
  "invalid-wheel": "choose another version, and report it to the publisher of the package",
  "invalid-pybi": "choose another interpreter with `--python`, and report it to the publisher of the pybi",
  "invalid-index-page": "check the index's address",
  "unknown-platform": "`posy resolve --help` lists the platforms",
  "no-interpreter": "`posy python list` lists the available Pythons",
};

/** The line at fault, with a mark under the part at fault. */
function renderSpan({ text, start, end }: Span, paint: Paint): string[] {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const to = text.indexOf("\n", start);
  const line = text.slice(from, to < 0 ? text.length : to).replaceAll("\t", " ");
  if (line.length > 500) return [];
  const width = Math.max(1, Math.min(end, from + line.length) - start);
  return [`  ${visible(line)}`, `  ${" ".repeat(start - from)}${paint.error("^".repeat(width))}`];
}

function renderCauses(error: unknown, paint: Paint, withStack: boolean): string[] {
  const lines: string[] = [];
  const seen = new Set<unknown>();
  let cause = error instanceof Error ? error.cause : undefined;
  while (cause instanceof Error && !seen.has(cause)) {
    seen.add(cause);
    lines.push(paint.dim(`  caused by: ${visible(cause.message)}`));
    cause = cause.cause;
  }
  if (withStack && error instanceof Error && error.stack) lines.push(paint.dim(error.stack));
  return lines;
}
