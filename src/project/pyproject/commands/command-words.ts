import { PosyError } from "../../../errors/posy-error.ts";
import { quote } from "../../../text/index.ts";
import type { CommandWord } from "./project-command.ts";

/** What a shell would obey, and nobody does here. */
const shellSigns = /^(&&?|\|\|?|;|\d?>>?(&\d)?|<|2>&1)$/;

/**
 * Splits a command line into its words, the same on every platform: by spaces, but for what is in single or double quotes. A
 * backslash takes its meaning from a quote, a space and a backslash, and is itself before anything else (`src\tool.py`).
 * `{args}` stands for what is typed after the command's name. Nothing is expanded: no shell has a part in it. Throws
 * `invalid-configuration` where a quote is not closed or a shell would be needed.
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
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] as string;
    const next = text[at + 1] ?? "";
    if (mark !== "") {
      if (letter === mark) mark = "";
      else if (mark === '"' && letter === "\\" && /["\\]/.test(next)) word += text[++at] ?? "";
      else word += letter;
    } else if (letter === "'" || letter === '"') {
      mark = letter;
      begun = quoted = true;
    } else if (letter === "{" && !begun && argumentsAt(text.slice(at)) !== undefined) {
      const found = argumentsAt(text.slice(at)) ?? "";
      words.push(wordOf(found));
      at += found.length - 1;
    } else if (/\s/.test(letter)) end();
    else {
      word += letter === "\\" && /["'\\\s]/.test(next) ? (text[++at] ?? "") : letter;
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

/** A place for arguments that stands by itself, as it is written. */
function argumentsAt(text: string): string | undefined {
  return /^\{args(?::[^{}]*)?\}(?=\s|$)/.exec(text)?.[0];
}

/** One word of a list of words: as it is, but for `{args}`. */
export function wordOf(text: string): CommandWord {
  const [, otherwise] = /^\{args(?::([^{}]*))?\}$/.exec(text) ?? [];
  if (!/^\{args(:[^{}]*)?\}$/.test(text)) return { kind: "text", text };
  const usual = (otherwise ?? "").trim();
  const texts =
    usual === "" ? [] : splitCommand(usual).flatMap((word) => (word.kind === "text" ? word.text : []));
  return { kind: "arguments", otherwise: texts };
}

/** The words that a command starts with these arguments: at `{args}`, else at the end. */
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
    `${quote(sign)} would need a shell, and none has a part in it`,
    {
      hint:
        sign === "&&" || sign === ";"
          ? 'write the steps as a list: `{ all = ["first", "second"] }`'
          : `where a program wants it as a word, quote it: \`'${sign}'\`; else start the shell: \`sh -c '…'\``,
    },
  );
}
