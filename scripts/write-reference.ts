// Writes docs/reference/commands.md from the program's own help, and the table that the completions of shells read.
//
//     npm run reference
import { writeFileSync } from "node:fs";
import { commandReference } from "./reference/command-reference.ts";
import { commandTable } from "./reference/command-table.ts";

writeFileSync("docs/reference/commands.md", commandReference());
writeFileSync("src/cli/completion/command-table.json", commandTable());
