// Calls `scriptTarget` for standard input with the arguments of this process, and prints the result as JSON.
import { scriptTarget } from "../../../../src/operations/run/script/script-target.ts";

const context = { environment: process.env, cwd: process.cwd(), reporter: { report() {} } };
const options = { isScript: false, execute: false };
try {
  console.log(JSON.stringify(await scriptTarget(["-", ...process.argv.slice(2)], options, {}, context)));
} catch (error) {
  console.log(JSON.stringify((error as Error).message));
}
