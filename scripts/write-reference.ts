// Writes docs/reference/commands.md from the program's own help, the table that the completions of shells read,
// and the manual pages in dist/man.
//
//     npm run reference
import { writeFileSync } from "node:fs";
import { commandReference } from "./reference/command-reference.ts";
import { writeManPages } from "./reference/write-man-pages.ts";
import { commandTable } from "./reference/command-table.ts";

writeFileSync("docs/reference/commands.md", commandReference());
writeManPages("dist/man");
writeFileSync("src/cli/completion/command-table.json", commandTable());
