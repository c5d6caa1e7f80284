import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { openLibc } from "../machine/libc-ffi.ts";

/**
 * What this process inherited from its caller and the runtime changed when it started. Bun makes the file
 * descriptors from 4 on close when another program starts, and raises the soft limit of open files to the
 * hard limit. The programs that Posy runs must get both as the caller set them: make's job server and
 * systemd's sockets are descriptors, and some programs close all descriptors up to the limit.
 */
interface Inherited {
  readonly descriptors: readonly number[];
  /** The soft limit of open files. Undefined if the launcher did not pass it. */
  readonly openFiles: bigint | undefined;
}

let inherited: Inherited | undefined;

/** The variable in which the launcher (`posy`) passes the soft limit of open files. */
const limitVariable = "POSY_OPEN_FILES";

/**
 * Records what the caller passed on, and removes the launcher's variable. The command line calls this before
 * it opens anything. A program that embeds Posy does not call it, so its descriptors are not passed on.
 */
export function recordInherited(environment: NodeJS.ProcessEnv): void {
  const limit = environment[limitVariable] ?? "";
  delete environment[limitVariable];
  inherited ??= {
    descriptors: process.platform === "linux" ? openDescriptors() : [],
    openFiles: /^\d+$/.test(limit) ? BigInt(limit) : undefined,
  };
}

/** Returns the open file descriptors from 3 on, without those of the runtime. */
function openDescriptors(): readonly number[] {
  try {
    return readdirSync("/proc/self/fd")
      .map(Number)
      .filter((descriptor) => descriptor > 2 && !isOfRuntime(descriptor));
  } catch {
    return [];
  }
}

/** The runtime's event loop, and the folder that `openDescriptors` reads, which is closed by now. */
function isOfRuntime(descriptor: number): boolean {
  try {
    return /^anon_inode:\[(eventpoll|eventfd|timerfd|io_uring)\]$/.test(
      readlinkSync(`/proc/self/fd/${descriptor}`),
    );
  } catch {
    return true;
  }
}

/** Returns the `stdio` option with which a child gets the standard streams and the caller's descriptors. */
export function inheritedStdio(): (number | "inherit" | "ignore")[] {
  const stdio: (number | "inherit" | "ignore")[] = ["inherit", "inherit", "inherit"];
  for (const descriptor of inherited?.descriptors ?? []) {
    // The list has an entry for each number up to the largest.
    if (descriptor > mostDescriptors) continue;
    while (stdio.length < descriptor) stdio.push("ignore");
    stdio[descriptor] = descriptor;
  }
  return stdio;
}

const mostDescriptors = 255;

/** Lets the caller's descriptors stay open when this process is replaced. */
export async function keepDescriptors(): Promise<void> {
  const descriptors = inherited?.descriptors ?? [];
  if (descriptors.length === 0) return;
  const libc = await openLibc({ fcntl: { args: ["i32", "i32", "i32"], returns: "i32" } });
  for (const descriptor of descriptors) libc?.fcntl(descriptor, setFlags, 0);
}

/** `F_SETFD` of `fcntl`. Without `FD_CLOEXEC`, the descriptor stays open. */
const setFlags = 2;

/** Sets the soft limit of open files to the caller's (`lower`), and back (`raise`). */
export interface OpenFilesLimit {
  lower(): void;
  raise(): void;
}

const unchanged: OpenFilesLimit = { lower() {}, raise() {} };

/**
 * Returns the switch of the soft limit of open files. It does nothing if the runtime did not change the
 * limit.
 */
export async function openFilesLimit(): Promise<OpenFilesLimit> {
  if (inherited === undefined || process.platform === "win32") return unchanged;
  const wanted = inherited.openFiles ?? parentsOpenFiles();
  if (wanted === undefined || wanted === openFilesOf("self")?.soft) return unchanged;
  const libc = await openLibc({
    getrlimit: { args: ["i32", "ptr"], returns: "i32" },
    setrlimit: { args: ["i32", "ptr"], returns: "i32" },
  });
  const raised = new BigUint64Array(2);
  if (libc === undefined || libc.getrlimit(resource, raised) !== 0) return unchanged;
  const [soft = 0n, hard = 0n] = raised;
  if (wanted >= soft) return unchanged;
  return {
    lower: () => void libc.setrlimit(resource, new BigUint64Array([wanted, hard])),
    raise: () => void libc.setrlimit(resource, raised),
  };
}

/** `RLIMIT_NOFILE`. */
const resource = process.platform === "darwin" ? 8 : 7;

/**
 * Without the launcher (a compiled Posy), the limit is that of the parent process, if both have the same hard
 * limit. macOS does not tell the limits of other processes.
 */
function parentsOpenFiles(): bigint | undefined {
  const own = openFilesOf("self");
  const parent = openFilesOf(process.ppid);
  return own !== undefined && own.hard === parent?.hard ? parent.soft : undefined;
}

/** Reads the limits of open files of a process. Works on Linux. */
function openFilesOf(pid: number | "self"): { readonly soft: bigint; readonly hard: string } | undefined {
  try {
    const limits = readFileSync(`/proc/${pid}/limits`, "latin1");
    const [, soft = "", hard = ""] = /^Max open files +(\d+) +(\S+)/m.exec(limits) ?? [];
    return soft === "" ? undefined : { soft: BigInt(soft), hard };
  } catch {
    return undefined;
  }
}
