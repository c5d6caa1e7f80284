// Writes docs/reference/commands.md from the program's own help.
//
//     npm run reference
import { writeFileSync } from "node:fs";
import { commandReference } from "./reference/command-reference.ts";

writeFileSync("docs/reference/commands.md", commandReference());
