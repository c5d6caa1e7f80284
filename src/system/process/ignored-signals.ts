import { readFileSync } from "node:fs";
import { constants } from "node:os";

/**
 * Returns which of some signals this process ignores. It inherits that from its caller: `nohup` ignores SIGHUP, and a
 * shell ignores SIGINT and SIGQUIT for background jobs of scripts.
 */
export async function ignoredSignals(
  signals: readonly NodeJS.Signals[],
): Promise<ReadonlySet<NodeJS.Signals>> {
  const isIgnored = process.platform === "linux" ? ignoredByStatus() : await ignoredBySystem();
  return new Set(signals.filter((signal) => isIgnored(constants.signals[signal])));
}

function ignoredByStatus(): (number: number) => boolean {
  try {
    const [, mask = "0"] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "latin1")) ?? [];
    const ignored = BigInt(`0x${mask}`);
    return (number) => ((ignored >> BigInt(number - 1)) & 1n) === 1n;
  } catch {
    return () => false;
  }
}

/** The value of the handler of an ignored signal. */
const ignore = 1n;

async function ignoredBySystem(): Promise<(number: number) => boolean> {
  const { openLibc } = await import("../machine/libc-ffi.ts");
  const libc = await openLibc({ sigaction: { args: ["i32", "ptr", "ptr"], returns: "i32" } });
  if (libc === undefined) return () => false;
  return (number) => {
    // `struct sigaction` begins with the handler.
    const action = new BigUint64Array(32);
    return libc.sigaction(number, null, action) === 0 && action[0] === ignore;
  };
}
