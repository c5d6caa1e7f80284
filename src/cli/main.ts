/**
 * Answers the quick commands, and hands the others to the whole program. It imports nothing statically, so that each
 * start loads only what it needs.
 */
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
      const { cachedRun } = await import("./warm-start/cached-run.ts");
      const status = await cachedRun(rest);
      if (typeof status === "number") return status;
      ofProject = status === "of-project";
    }
    if (command === "lock") {
      const { cachedLock } = await import("./warm-start/cached-lock.ts");
      if (await cachedLock(rest)) return 0;
    }
  } catch {
    // The whole program fails in the same way and reports the error.
  }
  const { runProgram } = await import("./program.ts");
  return runProgram(argv, ofProject);
}

process.exit(await main(process.argv.slice(2)));
