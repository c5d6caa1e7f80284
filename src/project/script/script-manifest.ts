import { PosyError } from "../../errors/posy-error.ts";
import { findScriptBlock, linesOf, type ScriptBlock, ScriptBlockError } from "./script-block.ts";

/** The header that stands for the line `# /// script`. It makes the block a `pyproject.toml`. */
const header = "[project]";

/**
 * Returns the block of a script (PEP 723) as the text of a `pyproject.toml`; undefined if there is no block. Each line
 * has the same number as in the script. `[project]` stands in the line of `# /// script`, since the keys of a block,
 * `dependencies` and `requires-python`, mean the same as in that table. `path` is for errors. Throws
 * `invalid-project`.
 */
export function manifestOfScript(script: string, path: string): string | undefined {
  const block = blockOf(script, path);
  return block && "\n".repeat(block.first) + header + "\n" + block.toml;
}

/**
 * Returns a script whose block has the content of `manifest`, a text as `manifestOfScript` returns it. All other lines
 * stay the same, byte for byte. If the script has no block, a block is inserted after the lines that must come first:
 * `#!` and the encoding.
 */
export function withManifest(script: string, manifest: string, path: string): string {
  const block = blockOf(script, path);
  const lineBreak = /^[^\n]*\r\n/.test(script) ? "\r\n" : "\n";
  const toml = manifest.replaceAll("\r\n", "\n").trimEnd().split("\n");
  const content = toml.slice(toml.indexOf(header) + 1).map((line) => (line === "" ? "#" : `# ${line}`));
  const written = ["# /// script", ...content, "# ///"].join(lineBreak);
  if (block !== undefined) {
    const [start, end] = [offsetOf(script, block.first), endOf(script, block.last)];
    return script.slice(0, start) + written + script.slice(end);
  }
  const at = offsetOf(script, linesBefore(script));
  const [before, after] = [script.slice(0, at), script.slice(at)];
  const separator = /(^\uFEFF?|[\r\n])$/.test(before) ? "" : lineBreak;
  // A comment right after the block would belong to it.
  const rest = after === "" || /^\r?\n/.test(after) ? after : lineBreak + after;
  return before + separator + written + lineBreak + rest;
}

function blockOf(script: string, path: string): ScriptBlock | undefined {
  try {
    return findScriptBlock(script);
  } catch (error) {
    if (!(error instanceof ScriptBlockError)) throw error;
    const lines = script.split("\n");
    const start = lines.slice(0, error.line - 1).reduce((sum, { length }) => sum + length + 1, 0);
    const end = start + (lines[error.line - 1] ?? "").trimEnd().length;
    throw new PosyError("invalid-project", `in \`${path}\`, line ${error.line}: ${error.message}`, {
      hint: error.hint,
      span: { text: script, start, end },
    });
  }
}

/** Returns how many lines must stay before a new block. */
function linesBefore(script: string): number {
  const [first = "", second = ""] = linesOf(script);
  const isEncoding = (line: string) => /^[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+/.test(line);
  if (first.startsWith("#!")) return isEncoding(second) ? 2 : 1;
  return isEncoding(first) ? 1 : 0;
}

/** Returns the offset at which a line (from 0) begins, or the end of the text. */
function offsetOf(text: string, line: number): number {
  let offset = text.startsWith("\uFEFF") ? 1 : 0;
  for (const { 0: lineBreak, index } of text.matchAll(/\r\n|\n|\r/g)) {
    if (line-- === 0) return offset;
    offset = index + lineBreak.length;
  }
  return line === 0 ? offset : text.length;
}

/** Returns the offset at which a line ends, before its line break. */
function endOf(text: string, line: number): number {
  const start = offsetOf(text, line);
  const lineBreak = /\r\n|\n|\r/.exec(text.slice(start));
  return lineBreak === null ? text.length : start + lineBreak.index;
}
