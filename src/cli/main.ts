/** What is quick is decided here; everything, however small, is loaded when it is known to be needed. */
async function main(argv: readonly string[]): Promise<number> {
  const [command, ...rest] = argv;
  if (rest.length === 0 && (command === "--version" || command === "-V")) {
    const { version } = await import("../version.ts");
    console.log(`posy ${version}`);
    return 0;
  }
  let ofProject = false;
  try {
    if (command === "run") {
      const { cachedRun: runRemembered } = await import("./warm-start/cached-run.ts");
      const status = await runRemembered(rest);
      if (typeof status === "number") return status;
      ofProject = status === "of-project";
    }
    if (command === "lock") {
      const { cachedLock: lockRemembered } = await import("./warm-start/cached-lock.ts");
      if (await lockRemembered(rest)) return 0;
    }
  } catch {
    // Whatever it is, the whole program meets it again and can say it properly.
  }
  const { runProgram } = await import("./program.ts");
  return runProgram(argv, ofProject);
}

process.exit(await main(process.argv.slice(2)));
