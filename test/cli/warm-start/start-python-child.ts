// Calls `startPython` with the arguments of this process. In place of Posy's own command line, it prints the words, and
// ends with the status in `STATUS`. `PLATFORM` is the platform that it takes this machine for.
import { startPython } from "../../../src/cli/warm-start/start-python.ts";

process.exitCode = await startPython(
  process.argv.slice(2),
  async (argv) => {
    console.log(`posy ${argv.join(" ")}`);
    return Number(process.env["STATUS"] ?? "0");
  },
  process.env["PLATFORM"] as NodeJS.Platform | undefined,
);
