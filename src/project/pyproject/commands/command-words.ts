import { PosyError } from "../../../errors/posy-error.ts";
import { quote } from "../../../text/index.ts";
import type { CommandWord, Placeholder } from "./project-command.ts";

/** Words that have a meaning to a shell, and none here. */
const shellSigns = /^(&&?|\|\|?|;|\d?>>?(&\d)?|<|2>&1)$/;

/** `{args}` or `{args:default}`. A backslash before it makes it ordinary text. */
const placeholder = /(\\?)\{args(?::([^{}]*))?\}/y;

/**
 * Splits a command line into words, in the same way on every platform: at spaces that are not in single or double
 * quotes. A backslash escapes a quote, a space, a backslash and a placeholder. Before anything else it is a plain
 * backslash (`src\tool.py`). `{args}` stands for the arguments after the command's name, also inside a word and in
 * quotes. There is no shell, so nothing else is expanded. Throws `invalid-configuration` if a quote is not closed, or
 * if a shell would be needed.
 */
export function splitCommand(text: string): readonly CommandWord[] {
  const words: CommandWord[] = [];
  let parts: (string | Placeholder)[] = [];
  let begun = false;
  let quoted = false;
  let mark = "";
  const append = (piece: string) => appendText(parts, piece);
  const end = () => {
    if (!begun) return;
    const word = wordOfParts(parts, quoted);
    if (!quoted && word.kind === "text" && shellSigns.test(word.text)) throw needsShell(word.text);
    words.push(word);
    [parts, begun, quoted] = [[], false, false];
  };
  for (let index = 0; index < text.length; index++) {
    const letter = text[index] as string;
    const next = text[index + 1] ?? "";
    const found = placeholderAt(text, index);
    if (found !== undefined) {
      if (typeof found.part === "string") append(found.part);
      else parts.push(found.part);
      index += found.length - 1;
      begun = true;
    } else if (mark !== "") {
      if (letter === mark) mark = "";
      else if (mark === '"' && letter === "\\" && /["\\]/.test(next)) append(text[++index] ?? "");
      else append(letter);
    } else if (letter === "'" || letter === '"') {
      mark = letter;
      begun = quoted = true;
    } else if (/\s/.test(letter)) end();
    else {
      append(letter === "\\" && /["'\\\s]/.test(next) ? (text[++index] ?? "") : letter);
      begun = true;
    }
  }
  if (mark !== "") {
    throw new PosyError("invalid-configuration", "a quotation mark is not closed", {
      hint: `close it with another \`${mark}\``,
    });
  }
  end();
  if (words.length === 0) {
    throw new PosyError("invalid-configuration", "there is nothing in it", { hint: "write a command line" });
  }
  return words;
}

/** Reads one word of a list of words. It is taken literally, except for placeholders. */
export function wordOf(text: string): CommandWord {
  const parts: (string | Placeholder)[] = [];
  for (let index = 0; index < text.length; index++) {
    const found = placeholderAt(text, index);
    if (found === undefined) appendText(parts, text[index] ?? "");
    else {
      if (typeof found.part === "string") appendText(parts, found.part);
      else parts.push(found.part);
      index += found.length - 1;
    }
  }
  return wordOfParts(parts, false);
}

/** Returns the placeholder at an index of a text, or its text if it is escaped, with the length of the source. */
function placeholderAt(
  text: string,
  index: number,
): { readonly part: string | Placeholder; readonly length: number } | undefined {
  placeholder.lastIndex = index;
  const match = placeholder.exec(text);
  if (match === null) return undefined;
  const [whole, escape, otherwise = ""] = match;
  const part = escape === "" ? { otherwise: otherwise.trim() } : whole.slice(1);
  return { part, length: whole.length };
}

function appendText(parts: (string | Placeholder)[], text: string): void {
  const last = parts.at(-1);
  if (typeof last === "string") parts[parts.length - 1] = last + text;
  else parts.push(text);
}

function wordOfParts(parts: readonly (string | Placeholder)[], quoted: boolean): CommandWord {
  const [first, second] = parts;
  if (first === undefined) return { kind: "text", text: "" };
  if (second !== undefined || (typeof first !== "string" && quoted)) return { kind: "mixed", parts };
  if (typeof first === "string") return { kind: "text", text: first };
  const { otherwise } = first;
  return { kind: "arguments", otherwise: otherwise === "" ? [] : textsOf(otherwise) };
}

/** Returns the words of the default of a placeholder, which can't contain placeholders. */
function textsOf(otherwise: string): readonly string[] {
  return splitCommand(otherwise).flatMap((word) => (word.kind === "text" ? [word.text] : []));
}

function needsShell(sign: string): PosyError {
  return new PosyError(
    "invalid-configuration",
    `${quote(sign)} would need a shell, and commands run without one`,
    {
      hint:
        sign === "&&" || sign === ";"
          ? 'write the steps as a list: `{ all = ["first", "second"] }`'
          : `if it is an argument of a program, quote it: \`'${sign}'\`; else start a shell: \`sh -c '…'\``,
    },
  );
}
