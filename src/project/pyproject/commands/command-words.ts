import { PosyError } from "../../../errors/posy-error.ts";
import { quote } from "../../../text/index.ts";
import type { CommandWord } from "./project-command.ts";

/** Words that have a meaning to a shell, and none here. */
const shellSigns = /^(&&?|\|\|?|;|\d?>>?(&\d)?|<|2>&1)$/;

/**
 * Splits a command line into words, in the same way on every platform: at spaces that are not in single or double
 * quotes. A backslash escapes a quote, a space and a backslash. Before anything else it is a plain backslash
 * (`src\tool.py`). `{args}` stands for the arguments after the command's name. There is no shell, so nothing is
 * expanded. Throws `invalid-configuration` if a quote is not closed, or if a shell would be needed.
 */
export function splitCommand(text: string): readonly CommandWord[] {
  const words: CommandWord[] = [];
  let word = "";
  let begun = false;
  let quoted = false;
  let mark = "";
  const end = () => {
    if (!begun) return;
    if (!quoted && shellSigns.test(word)) throw needsShell(word);
    words.push(quoted ? { kind: "text", text: word } : wordOf(word));
    [word, begun, quoted] = ["", false, false];
  };
  for (let index = 0; index < text.length; index++) {
    const letter = text[index] as string;
    const next = text[index + 1] ?? "";
    if (mark !== "") {
      if (letter === mark) mark = "";
      else if (mark === '"' && letter === "\\" && /["\\]/.test(next)) word += text[++index] ?? "";
      else word += letter;
    } else if (letter === "'" || letter === '"') {
      mark = letter;
      begun = quoted = true;
    } else if (letter === "{" && !begun && argumentsAt(text.slice(index)) !== undefined) {
      const placeholder = argumentsAt(text.slice(index)) ?? "";
      words.push(wordOf(placeholder));
      index += placeholder.length - 1;
    } else if (/\s/.test(letter)) end();
    else {
      word += letter === "\\" && /["'\\\s]/.test(next) ? (text[++index] ?? "") : letter;
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

/** Returns the `{args}` or `{args:…}` that a text begins with, if it is a word of its own. */
function argumentsAt(text: string): string | undefined {
  return /^\{args(?::[^{}]*)?\}(?=\s|$)/.exec(text)?.[0];
}

/** Reads one word of a list of words. It is taken literally, unless it is `{args}`. */
export function wordOf(text: string): CommandWord {
  const [, otherwise] = /^\{args(?::([^{}]*))?\}$/.exec(text) ?? [];
  if (!/^\{args(:[^{}]*)?\}$/.test(text)) return { kind: "text", text };
  const usual = (otherwise ?? "").trim();
  const texts =
    usual === "" ? [] : splitCommand(usual).flatMap((word) => (word.kind === "text" ? word.text : []));
  return { kind: "arguments", otherwise: texts };
}

/** Returns the words of a command with the typed arguments, at `{args}` or else at the end. */
export function wordsWith(words: readonly CommandWord[], typed: readonly string[]): readonly string[] {
  const has = words.some(({ kind }) => kind === "arguments");
  const filled = words.flatMap((word) =>
    word.kind === "text" ? [word.text] : typed.length > 0 ? typed : word.otherwise,
  );
  return has ? filled : [...filled, ...typed];
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
