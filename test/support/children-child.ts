// A child process that starts a program and ends while it runs: `children-child.ts END FOLDER`. The program writes its
// process id and that of a process that it starts to a file in FOLDER. Both ignore SIGTERM.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { runCaptured } from "../../src/system/process/processes.ts";

const [end = "", folder = ""] = process.argv.slice(2);
const stubborn = `trap '' TERM HUP INT; sleep 300 & echo "$$ $!" > "${folder}/part"; mv "${folder}/part" "${folder}/numbers"; wait`;
void runCaptured("/bin/sh", ["-c", stubborn]);
while (!existsSync(join(folder, "numbers"))) await setTimeout(10);
switch (end) {
  case "normally":
    process.exit(0);
    break;
  case "by an error":
    throw new Error("on purpose");
  case "by a signal that it handles":
    process.on("SIGTERM", () => process.exit(143));
    process.kill(process.pid, "SIGTERM");
    break;
  default:
    process.kill(process.pid, "SIGKILL");
}
