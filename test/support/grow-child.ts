// A child process that grows the same Env COUNT times: `grow-child.ts ROOT COUNT`. `parallel-growth.ts` has put the
// wheels and the Python below ROOT. Prints "ready" first, and the prefix of the Env each time.
import { growOnce } from "./parallel-growth.ts";

const [root = "", count = "1"] = process.argv.slice(2);
process.stdout.write("ready\n");
for (let i = 0; i < Number(count); i++) process.stdout.write(`${(await growOnce(root)).prefix}\n`);
