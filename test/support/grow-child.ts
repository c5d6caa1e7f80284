// A process of its own that grows an Env over and over: `grow-child.ts ROOT COUNT`, with the wheels and the Python
// that `parallel-growth.ts` has put below ROOT. Says "ready" before it begins, and the Env's prefix each time.
import { growOnce } from "./parallel-growth.ts";

const [root = "", count = "1"] = process.argv.slice(2);
process.stdout.write("ready\n");
for (let i = 0; i < Number(count); i++) process.stdout.write(`${(await growOnce(root)).prefix}\n`);
