import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Fault, withFault } from "./faults.ts";
import { lastFile, runTests, type TestFolders, type TestRun } from "./run-tests.ts";

export interface Verdict {
  readonly fault: Fault;
  /** `killed`: a test failed. `timeout`: the tests took far too long, which also counts as noticed. */
  readonly outcome: "killed" | "timeout" | "survived";
  /** The test that failed, or the test files that passed. */
  readonly by: string;
}

/** Runs the tests of faults in a copy of the project. */
export interface Trial {
  /** Throws if the tests fail without the fault. */
  tryFault(fault: Fault, original: string, tests: readonly string[]): Promise<Verdict>;
}

/** Milliseconds. The first run of the tests, without a fault, may take this long. */
const longest = 900_000;
const attempts = 3;

/** A run with a fault may take three times as long as one without, and `extraTime` milliseconds in addition. */
export function openTrial(bun: string, folders: TestFolders, extraTime: number): Trial {
  const durations = new Map<string, number>();

  async function run(files: readonly string[]): Promise<TestRun | undefined> {
    return files.length === 0 ? undefined : runTests(bun, folders, files, await limitOf(files));
  }

  /** Runs the tests without a fault, once for each list. A test that fails without a fault shows nothing. */
  async function limitOf(files: readonly string[]): Promise<number> {
    const key = files.join("\n");
    const known = durations.get(key);
    if (known !== undefined) return Math.ceil(known * 3 + extraTime);
    const { outcome, output, duration } = await runTests(bun, folders, files, longest);
    if (outcome !== "passed") throw new Error(`the tests fail without a fault:\n${output.slice(-4000)}`);
    durations.set(key, duration);
    return Math.ceil(duration * 3 + extraTime);
  }

  return {
    async tryFault(fault, original, tests) {
      if (tests.length === 0) return { fault, outcome: "survived", by: "no test imports the file" };
      const path = join(folders.project, fault.file);
      await limitOf(tests);
      for (let attempt = 0; attempt < attempts; attempt++) {
        writeFileSync(path, withFault(original, fault));
        let result: TestRun | undefined;
        try {
          result = await run(tests);
        } finally {
          writeFileSync(path, original);
        }
        if (result === undefined || result.outcome === "passed") {
          return { fault, outcome: "survived", by: `${tests.length} test files pass` };
        }
        // The failure counts only if the same tests pass without the fault, at this moment and under this load.
        const failing = lastFile(result.output);
        const check = await runTests(
          bun,
          folders,
          failing === undefined ? tests : [failing],
          await limitOf(tests),
        );
        if (check.outcome !== "passed") continue;
        if (result.outcome === "timeout") return { fault, outcome: "timeout", by: failing ?? "" };
        return {
          fault,
          outcome: "killed",
          by: result.failed[0] ?? `${failing ?? "a test file"} does not load`,
        };
      }
      throw new Error(`the tests of ${fault.file} fail now and then without a fault`);
    },
  };
}
