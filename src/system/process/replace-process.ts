import { openLibc } from "../machine/libc-ffi.ts";
import { argumentBytes, variableBytes } from "./exec-strings.ts";
import { keepDescriptors, openFilesLimit } from "./inherited.ts";

/**
 * Calls `execve` through Bun's foreign function interface. The program starts with the caller's file
 * descriptors and limit of open files, and with the default handlers of SIGPIPE and SIGXFSZ, which Bun
 * ignores. Never returns on success. Otherwise returns the system's error number, or undefined if there is no
 * `execve` to call (Windows, Node).
 */
export async function replaceProcess(
  file: string,
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<number | undefined> {
  const errnoSymbol = process.platform === "darwin" ? "__error" : "__errno_location";
  const libc = (await openLibc({
    signal: { args: ["i32", "usize"], returns: "usize" },
    execve: { args: ["ptr", "ptr", "ptr"], returns: "i32" },
    [errnoSymbol]: { args: [], returns: "ptr" },
  })) as unknown as LibcOfExec | undefined;
  if (libc === undefined) return undefined;
  const { ptr, read } = await import("bun:ffi");
  for (const signal of ignoredByBun) libc.signal(signal, 0n);
  await keepDescriptors();
  const limit = await openFilesLimit();
  limit.lower();
  const addressOf = (bytes: Uint8Array) => BigInt(ptr(bytes));
  const path = cString(file);
  const args = cStrings(argumentBytes(argv), addressOf);
  const env = cStrings(variableBytes(environment), addressOf);
  libc.execve(ptr(path), ptr(args.pointers), ptr(env.pointers));
  const errno = (libc[errnoSymbol] as () => Parameters<typeof read.i32>[0])();
  const failure = read.i32(errno, 0);
  limit.raise();
  return failure;
}

/** SIGPIPE is 13 everywhere; SIGXFSZ is 25 on Linux and macOS. */
const ignoredByBun = [13, 25];

interface LibcOfExec {
  signal(number: number, handler: bigint): bigint;
  execve(file: unknown, argv: unknown, environment: unknown): number;
  [errno: string]: (...args: never[]) => unknown;
}

function cString(text: string): Uint8Array {
  return Buffer.from(`${text}\0`);
}

/**
 * Returns an array of pointers that ends with a null, and the bytes that it points into, which must stay
 * referenced.
 */
function cStrings(texts: readonly Uint8Array[], addressOf: (bytes: Uint8Array) => bigint) {
  const end = new Uint8Array(1);
  const bytes = Buffer.concat([...texts.flatMap((text) => [text, end]), end]);
  const pointers = new BigUint64Array(texts.length + 1);
  const start = addressOf(bytes);
  let offset = 0;
  texts.forEach((text, index) => {
    pointers[index] = start + BigInt(offset);
    offset += text.length + 1;
  });
  return { bytes, pointers };
}
