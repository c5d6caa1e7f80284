import type { Command, Option } from "@commander-js/extra-typings";
import { allCommands, fullName, textAfterHelp } from "./all-commands.ts";
import { wrapText } from "./wrap-text.ts";

/** Options under one heading of the help, each as a line of Markdown by its flags. */
interface OptionGroup {
  readonly heading: string;
  readonly lines: ReadonlyMap<string, string>;
}

/** A group of options that at least this many commands have is written once, at the end of the page. */
const sharedFrom = 4;

const introduction = `# Commands

<!-- Written by \`npm run reference\` from the program's own help. Do not edit: change the help, then run it again. -->

This page lists every command with all of its options. \`posy COMMAND --help\` shows the same text in a terminal.
Options that many commands share are described once, at the [end of the page](#shared-options).`;

/** Returns the page that lists every command, as Markdown. It is made from the program's help. */
export function commandReference(): string {
  const commands = allCommands().slice(1);
  const shared = sharedGroups(commands.flatMap(groupsOf));
  const leaves = commands.filter((command) => command.commands.length === 0);
  const contents = leaves.map((command) => {
    const name = fullName(command);
    return wrapText(`- [\`${name}\`](#${anchor(name)}): ${command.description()}`, "  ");
  });
  const sections = commands.map((command) => commandSection(command, shared));
  const ends = [...shared.values()].map((group) => `### ${group.heading}\n\n${linesOf(group)}`);
  return `${[introduction, contents.join("\n"), ...sections, "## Shared options", ...ends].join("\n\n")}\n`;
}

function commandSection(command: Command, shared: ReadonlyMap<string, OptionGroup>): string {
  const parts = [`## ${fullName(command)}`, wrapText(sentence(command.description()))];
  if (command.commands.length === 0) parts.push(`    ${fullName(command)} ${command.usage()}`);
  const links: string[] = [];
  for (const group of groupsOf(command)) {
    const whole = shared.get(group.heading);
    if (whole === undefined || !isPart(group, whole)) {
      parts.push(`**${group.heading}**`, linesOf(group));
      continue;
    }
    const missing = [...whole.lines.keys()].filter((flags) => !group.lines.has(flags));
    const except =
      missing.length === 0 ? "" : ` without ${missing.map((flags) => `\`${flags}\``).join(", ")}`;
    links.push(`[${group.heading}](#${anchor(group.heading)})${except}`);
  }
  if (links.length > 0) parts.push(wrapText(`**Shared options**: ${links.join("; ")}.`));
  return [...parts, ...proseOf(command)].join("\n\n");
}

/** The largest group of each heading that many commands have. */
function sharedGroups(groups: readonly OptionGroup[]): ReadonlyMap<string, OptionGroup> {
  const shared = new Map<string, OptionGroup>();
  for (const group of groups) {
    const uses = groups.filter(
      (other) => other.heading === group.heading && linesOf(other) === linesOf(group),
    );
    const best = shared.get(group.heading);
    const isLarger = best === undefined || group.lines.size > best.lines.size;
    if (uses.length >= sharedFrom && isLarger) shared.set(group.heading, group);
  }
  return shared;
}

function isPart(part: OptionGroup, whole: OptionGroup): boolean {
  return [...part.lines].every(([flags, line]) => whole.lines.get(flags) === line);
}

function linesOf({ lines }: OptionGroup): string {
  return [...lines.values()].join("\n");
}

function groupsOf(command: Command): readonly OptionGroup[] {
  const groups = new Map<string, Map<string, string>>();
  for (const { hidden, helpGroupHeading, flags, description } of command.options as readonly Option[]) {
    if (hidden) continue;
    const heading = (helpGroupHeading ?? "Options:").replace(/:$/, "");
    const lines = groups.get(heading) ?? new Map<string, string>();
    groups.set(heading, lines.set(flags, wrapText(`- \`${flags}\`: ${description}`, "  ")));
  }
  return [...groups].map(([heading, lines]) => ({ heading, lines }));
}

/** The text of the help below the options: paragraphs, and examples as a block of code. */
function proseOf(command: Command): readonly string[] {
  const { paragraphs, examples } = textAfterHelp(command);
  const parts = paragraphs.map((paragraph) => wrapText(paragraph));
  if (examples.length > 0) parts.push("**Examples**", examples.map((line) => `    ${line}`).join("\n"));
  return parts;
}

/** Returns the anchor of a heading, as code hosting sites make it. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w -]/g, "")
    .replaceAll(" ", "-");
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`.replace(/\.\.$/, ".");
}
