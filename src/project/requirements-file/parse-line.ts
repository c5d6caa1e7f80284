import { PosyError } from "../../errors/posy-error.ts";
import { splitWords } from "./split-words.ts";

/** One line of a requirements file, read: a requirement with its options, or options of the whole. */
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

/** pip's options of a requirements file: whether they take a value. */
const known: ReadonlyMap<string, boolean> = new Map([
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

const ofRequirement = new Set(["--hash", "--config-settings", "--global-option"]);

/** A place that is not in quotation marks goes on to the next option: extras and a marker belong to it. */
const editable = /^(?:-e\s*|--editable(?:=|\s+))([^"'\s].*?)(\s+--.*)?$/s;

/** As pip has it: words up to the first that begins with `-` are the requirement. Throws `invalid-requirements-file`. */
export function parseLine(text: string): ParsedLine {
  const [, place, after = ""] = editable.exec(text) ?? [];
  if (place !== undefined) {
    const options = parseOptions(after.trim(), text);
    return { requirement: "", options: [{ name: "--editable", value: place }, ...options] };
  }
  const words = text.split(" ");
  const at = words.findIndex((word) => word.startsWith("-"));
  const requirement = (at < 0 ? words : words.slice(0, at)).join(" ").trim();
  const rest = at < 0 ? "" : words.slice(at).join(" ");
  const options = parseOptions(rest, text);
  const isEditable = options.some(({ name }) => name === "--editable");
  for (const { name } of options) {
    if (requirement === "" && !isEditable && ofRequirement.has(name))
      throw malformed(text, name, `\`${name}\` belongs to a requirement`);
    if (requirement !== "" && !ofRequirement.has(name)) {
      throw malformed(text, name, `\`${name}\` can't stand after a requirement`, "give it a line of its own");
    }
  }
  return { requirement, options };
}

function parseOptions(rest: string, line: string): LineOption[] {
  const words = splitWords(rest);
  if (words === undefined) throw malformed(line, rest, "a quotation mark is not closed");
  const options: LineOption[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    const [, short, attached] = /^(-[A-Za-z])(.+)$/s.exec(word) ?? [];
    const [, long, joined] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
    const written = short ?? long ?? word;
    const name = synonyms[written] ?? written;
    const takesValue = known.get(name);
    if (takesValue === undefined) {
      const what = written.startsWith("-")
        ? `there is no option \`${written}\` here`
        : `\`${word}\` is too much`;
      throw malformed(line, word, what, "a line is a requirement, or options such as `-r FILE`");
    }
    const value = joined ?? attached ?? (takesValue ? words[++at] : "");
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
