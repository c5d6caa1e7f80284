/** The inline metadata of a script (PEP 723): the block from `# /// script` to `# ///`. */
export interface ScriptBlock {
  /** The line of `# /// script`, from 0. */
  readonly first: number;
  /** The line of the closing `# ///`, from 0. */
  readonly last: number;
  /** The TOML text of the block, without the `#` of each line. */
  readonly toml: string;
}

/** Why a script's blocks are not valid, with the line at fault (from 1). */
export class ScriptBlockError extends Error {
  readonly line: number;
  readonly hint: string;

  constructor(line: number, reason: string, hint: string) {
    super(reason);
    this.line = line;
    this.hint = hint;
  }
}

const opening = /^# \/\/\/ [a-zA-Z0-9-]+$/;
const closing = "# ///";
const comment = /^#( .*)?$/;

/**
 * Finds the `script` block of a script; undefined if there is none. As PEP 723 says, a block consists of comment
 * lines, and ends with the last `# ///` of them. Blocks of other types are passed over. Throws `ScriptBlockError` for a
 * block that is not closed, and for a second block.
 */
export function findScriptBlock(script: string): ScriptBlock | undefined {
  // Most scripts have no block.
  if (!script.includes("# /// script")) return undefined;
  const lines = linesOf(script);
  let found: ScriptBlock | undefined;
  for (let first = 0; first < lines.length; first++) {
    if (!opening.test(lines[first] ?? "")) continue;
    const isScript = lines[first] === "# /// script";
    const last = closingLine(lines, first);
    if (last === undefined) {
      if (!isScript) continue;
      throw new ScriptBlockError(
        first + 1,
        "the script block is not closed",
        "end the block with a line `# ///`; each line of it begins with `#`",
      );
    }
    if (isScript && found !== undefined) {
      throw new ScriptBlockError(first + 1, "this is a second script block", "join the two blocks");
    }
    const content = lines.slice(first + 1, last).map((line) => line.slice(2));
    if (isScript) found = { first, last, toml: content.map((line) => `${line}\n`).join("") };
    first = last;
  }
  return found;
}

/** Returns the lines of a script without their line breaks. */
export function linesOf(script: string): readonly string[] {
  return script.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
}

/** Returns the last closing line among the comment lines after the opening one. */
function closingLine(lines: readonly string[], first: number): number | undefined {
  let last: number | undefined;
  for (let at = first + 1; comment.test(lines[at] ?? ""); at++) {
    if (lines[at] === closing) last = at;
  }
  return last;
}
