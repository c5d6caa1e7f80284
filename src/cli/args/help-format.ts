import type { Help } from "@commander-js/extra-typings";

/** The widest column of names. A longer name gets a line for itself, so that descriptions keep room at 80 columns. */
const widestColumn = 24;

/** The layout of the help: a narrow column of names, and descriptions that are wrapped between words. */
export const helpFormat: Partial<Help> = {
  showGlobalOptions: false,
  // Arguments and `[options]` are in the usage line of each command.
  subcommandTerm: (command) => command.name(),
  formatItem(term, termWidth, description, helper) {
    if (description === "") return `  ${term}`;
    const column = Math.min(termWidth, widestColumn);
    const indent = " ".repeat(column + 4);
    const lines = helper.boxWrap(description, (helper.helpWidth ?? 80) - indent.length).split("\n");
    const text = lines.join(`\n${indent}`);
    return term.length > column ? `  ${term}\n${indent}${text}` : `  ${term.padEnd(column + 2)}${text}`;
  },
};
