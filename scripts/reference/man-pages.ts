import type { Command } from "@commander-js/extra-typings";
import { version } from "../../src/version.ts";
import { allCommands, fullName, shownOptions, textAfterHelp } from "./all-commands.ts";

/** Returns a manual page for each command, by its file name: `posy.1`, `posy-python-install.1`. */
export function manPages(): ReadonlyMap<string, string> {
  const commands = allCommands();
  return new Map(commands.map((command) => [`${pageName(command)}.1`, manPage(command)]));
}

/** Returns the page of a command in the macros of man(7). */
function manPage(command: Command): string {
  const name = pageName(command);
  const parent = command.parent as Command | null;
  const summary = command.description().replace(/\.$/, "");
  const { paragraphs, examples } = textAfterHelp(command);
  const below = command.commands as unknown as readonly Command[];
  const related = [...(parent === null ? [] : [parent]), ...below];
  return [
    // Without a date, so that two builds have the same bytes.
    `.TH ${escaped(name.toUpperCase())} 1 "" ${quoted(`posy ${version}`)} "Manual of posy"`,
    ".SH NAME",
    `${escaped(name)} \\- ${formatted(parent === null ? summary : summary.charAt(0).toLowerCase() + summary.slice(1))}`,
    ".SH SYNOPSIS",
    `\\fB${escaped(fullName(command))}\\fR ${escaped(command.usage())}`,
    ...(paragraphs.length === 0
      ? []
      : [".SH DESCRIPTION", ...paragraphs.flatMap((text) => [".PP", formatted(text)]).slice(1)]),
    ...(below.length === 0 ? [] : [".SH COMMANDS", ...below.flatMap(subcommandLines)]),
    ...optionLines(command),
    ...(examples.length === 0 ? [] : [".SH EXAMPLES", ".EX", ...examples.map(literal), ".EE"]),
    ...(related.length === 0
      ? []
      : [".SH SEE ALSO", related.map((other) => `\\fB${escaped(pageName(other))}\\fR(1)`).join(",\n")]),
    "",
  ].join("\n");
}

function subcommandLines(command: Command): readonly string[] {
  return [".TP", `\\fB${escaped(command.name())}\\fR`, formatted(command.description())];
}

/** Returns the options under their headings, as in the help. */
function optionLines(command: Command): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const { helpGroupHeading, flags, description } of shownOptions(command)) {
    const heading = (helpGroupHeading ?? "Options:").replace(/:$/, "");
    const lines = groups.get(heading) ?? [];
    groups.set(heading, lines);
    lines.push(".TP", flags.split(", ").map(flagText).join(", "), formatted(description));
  }
  const sections = [...groups].flatMap(([heading, lines]) => [`.SS ${quoted(heading)}`, ...lines]);
  return sections.length === 0 ? [] : [".SH OPTIONS", ...sections];
}

/** `--python <request>` → the name in bold, the value in italics. */
function flagText(flag: string): string {
  const [name = "", value] = flag.split(" ", 2);
  const text = `\\fB${escaped(name)}\\fR`;
  return value === undefined ? text : `${text} \\fI${escaped(value.replace(/^<|>$/g, ""))}\\fR`;
}

/** A paragraph whose words in backquotes become bold. */
function formatted(text: string): string {
  const parts = text.split("`");
  const isPaired = parts.length % 2 === 1;
  return parts
    .map((part, at) => (isPaired && at % 2 === 1 ? `\\fB${escaped(part)}\\fR` : escaped(part)))
    .join("");
}

/** A line that the manual page shows without changes. */
function literal(line: string): string {
  return escaped(line);
}

function quoted(text: string): string {
  return `"${escaped(text).replaceAll('"', '""')}"`;
}

/** Escapes what roff would interpret: backslashes, hyphens, quotes, and a dot or quote at the start. */
function escaped(text: string): string {
  return text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("'", "\\(aq")
    .replaceAll("`", "\\(ga")
    .replaceAll("~", "\\(ti")
    .replaceAll("^", "\\(ha")
    .replaceAll("…", "\\&...")
    .replace(/^\./, "\\&.");
}

/** Returns the name of the page of a command: `posy-python-install`. */
function pageName(command: Command): string {
  return fullName(command).replaceAll(" ", "-");
}
