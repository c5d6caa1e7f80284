import type { CommandStep, CommandWord, ProjectCommand } from "./project-command.ts";

/** Returns the description of a command, or else what it runs: `pytest -q`, `ruff check .; mypy src`. */
export function describeCommand({ description, ...step }: ProjectCommand): string {
  return description ?? textOfStep(step);
}

function textOfStep({ action, dependsOn }: CommandStep): string {
  switch (action.kind) {
    case "run":
      return action.words.map(textOfWord).join(" ");
    case "command":
      return [action.name, ...action.words.map(textOfWord)].join(" ");
    case "all":
      return action.steps.map(textOfStep).join("; ");
    default:
      return dependsOn.join("; ");
  }
}

function textOfWord(word: CommandWord): string {
  if (word.kind === "arguments") return "{args}";
  const text =
    word.kind === "text"
      ? word.text
      : word.parts.map((part) => (typeof part === "string" ? part : "{args}")).join("");
  return /^[^\s'"]+$/.test(text) ? text : `'${text}'`;
}
