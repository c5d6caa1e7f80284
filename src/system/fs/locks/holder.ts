import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { bootId } from "../boot-id.ts";
import { errnoOf } from "../file-error.ts";

/** What a lock file says about its holder: the words of its line. */
export interface Holder {
  readonly pid: number;
  /** The machine, and on Linux the process namespace: containers may have the name of their host. */
  readonly host: string;
  /** Tells a process from a later one with the same number; "-" if the system does not say. */
  readonly start: string;
  /** A random text, because one process may take a lock twice. */
  readonly token: string;
}

/** Returns this process as the holder of a lock. */
export function thisHolder(): Holder {
  return {
    pid: process.pid,
    host: hostId(),
    start: startOf(process.pid) ?? "-",
    token: crypto.randomUUID().slice(0, 13),
  };
}

export function formatHolder({ pid, host, start, token }: Holder): string {
  return `${pid} ${host} ${start} ${token}\n`;
}

/** Returns the holder that a lock file names, or undefined for an empty or damaged file. */
export function parseHolder(text: string): Holder | undefined {
  const [pid = "", host, start = "-", token = ""] = text.trim().split(" ");
  return /^\d+$/.test(pid) && host ? { pid: Number(pid), host, start, token } : undefined;
}

/**
 * `alive` or `gone` if that is certain. `unknown` for a process of another machine, and for one of this machine that
 * may be a later process with the same number.
 */
export function stateOf({ pid, host, start }: Holder): "alive" | "gone" | "unknown" {
  // Earlier versions of Posy wrote only the name of the machine.
  if (host !== hostId() && host !== hostname()) return "unknown";
  if (isGone(pid)) return "gone";
  const present = start === "-" ? undefined : startOf(pid);
  if (present === undefined) return "unknown";
  return present === start ? "alive" : "gone";
}

/** Whether no process of this machine has this number. */
export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return errnoOf(error) !== "EPERM";
  }
}

/** Whether a lock is held by a process of this machine. */
export function isLocal({ host }: Holder): boolean {
  return host === hostId() || host === hostname();
}

/** Identifies this machine, and on Linux the process namespace, among those that share a folder. */
export function hostId(): string {
  return `${hostname()}${namespace()}`;
}

function namespace(): string {
  if (process.platform !== "linux") return "";
  try {
    return `/${readlinkSync("/proc/self/ns/pid").replace(/\D/g, "")}`;
  } catch {
    return "";
  }
}

/** Returns when a process was started, as a text to compare. Only Linux has a file for it (proc_pid_stat(5)). */
function startOf(pid: number): string | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field is the name of the program, in parentheses. It may contain spaces and parentheses.
    const ticks = text.slice(text.lastIndexOf(")") + 2).split(" ")[19];
    return ticks === undefined ? undefined : `${bootId().replaceAll(" ", "-")}:${ticks}`;
  } catch {
    return undefined;
  }
}
