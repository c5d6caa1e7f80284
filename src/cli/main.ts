import { runRemembered } from "./run/run-remembered.ts";
import { version } from "./version.ts";

/** What is quick is decided here; everything else is loaded when it is known to be needed. */
async function main(argv: readonly string[]): Promise<number> {
  const [command, ...rest] = argv;
  if (rest.length === 0 && (command === "--version" || command === "-V")) {
    console.log(`posy ${version}`);
    return 0;
  }
  try {
    const status = command === "run" ? await runRemembered(rest) : undefined;
    if (status !== undefined) return status;
  } catch {
    // Whatever it is, the whole program meets it again and can say it properly.
  }
  const { runProgram } = await import("./program.ts");
  return runProgram(argv);
}

process.exit(await main(process.argv.slice(2)));
