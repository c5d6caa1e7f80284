import { PosyError } from "../../errors/posy-error.ts";
import { splitWords } from "./split-words.ts";

/** One line of a requirements file: a requirement with its options, or options for the whole file. */
export interface ParsedLine {
  /** A requirement, a URL or a path; "" for a line of options. */
  readonly requirement: string;
  readonly options: readonly LineOption[];
}

export interface LineOption {
  /** pip's long name: `--index-url`. */
  readonly name: string;
  readonly value: string;
}

/** The options that pip allows in a requirements file, and whether they take a value. */
const takesValueByOption: ReadonlyMap<string, boolean> = new Map([
  ["--index-url", true],
  ["--extra-index-url", true],
  ["--no-index", false],
  ["--constraint", true],
  ["--requirement", true],
  ["--editable", true],
  ["--find-links", true],
  ["--no-binary", true],
  ["--only-binary", true],
  ["--prefer-binary", false],
  ["--require-hashes", false],
  ["--pre", false],
  ["--trusted-host", true],
  ["--use-feature", true],
  ["--hash", true],
  ["--config-settings", true],
  ["--global-option", true],
]);

const synonyms: Readonly<Record<string, string>> = {
  "-i": "--index-url",
  "--pypi-url": "--index-url",
  "-c": "--constraint",
  "-r": "--requirement",
  "-e": "--editable",
  "-f": "--find-links",
  "-C": "--config-settings",
  "--config-setting": "--config-settings",
};

/** Options that are allowed only after a requirement. */
const requirementOptions = new Set(["--hash", "--config-settings", "--global-option"]);

/** A location without quotation marks ends at the next option. It includes extras and a marker. */
const editable = /^(?:-e\s*|--editable(?:=|\s+))([^"'\s].*?)(\s+--.*)?$/s;

/**
 * Parses one line. As in pip, the words up to the first that begins with `-` are the requirement. Throws
 * `invalid-requirements-file`.
 */
export function parseLine(text: string): ParsedLine {
  const [, location, after = ""] = editable.exec(text) ?? [];
  if (location !== undefined) {
    const options = parseOptions(after.trim(), text);
    return { requirement: "", options: [{ name: "--editable", value: location }, ...options] };
  }
  const words = text.split(" ");
  const firstOption = words.findIndex((word) => word.startsWith("-"));
  const requirement = (firstOption < 0 ? words : words.slice(0, firstOption)).join(" ").trim();
  const rest = firstOption < 0 ? "" : words.slice(firstOption).join(" ");
  const options = parseOptions(rest, text);
  const isEditable = options.some(({ name }) => name === "--editable");
  for (const { name } of options) {
    if (requirement === "" && !isEditable && requirementOptions.has(name))
      throw malformed(text, name, `\`${name}\` must follow a requirement`);
    if (requirement !== "" && !requirementOptions.has(name)) {
      throw malformed(text, name, `\`${name}\` can't follow a requirement`, "write it on a separate line");
    }
  }
  return { requirement, options };
}

function parseOptions(rest: string, line: string): LineOption[] {
  const words = splitWords(rest);
  if (words === undefined) throw malformed(line, rest, "a quotation mark is not closed");
  const options: LineOption[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as string;
    const [, short, attached] = /^(-[A-Za-z])(.+)$/s.exec(word) ?? [];
    const [, long, joined] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
    const written = short ?? long ?? word;
    const name = synonyms[written] ?? written;
    const takesValue = takesValueByOption.get(name);
    if (takesValue === undefined) {
      const what = written.startsWith("-")
        ? `there is no option \`${written}\` here`
        : `\`${word}\` is not expected here`;
      throw malformed(line, word, what, "a line is a requirement, or options such as `-r FILE`");
    }
    const value = joined ?? attached ?? (takesValue ? words[++index] : "");
    if (value === undefined) throw malformed(line, word, `\`${written}\` needs a value`);
    if (!takesValue && (joined ?? attached) !== undefined) {
      throw malformed(line, word, `\`${written}\` takes no value`);
    }
    options.push({ name, value });
  }
  return options;
}

function malformed(line: string, part: string, what: string, hint?: string): PosyError {
  const start = Math.max(0, line.indexOf(part));
  return new PosyError("invalid-requirements-file", what, {
    hint: hint ?? "the format is that of pip's requirements files",
    span: { text: line, start, end: start + part.length },
  });
}
