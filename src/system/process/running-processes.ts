import { readdir, readFile, readlink } from "node:fs/promises";
import { basename } from "node:path";
import { runCaptured } from "./processes.ts";

/** A process of this machine, with what tells which files it works with. */
export interface RunningProcess {
  readonly pid: number;
  /** The name of its program. */
  readonly name: string;
  /** One text with the paths of its program and its libraries, its arguments, its variables, and its folder. */
  readonly text: string;
}

/**
 * Returns the other processes of this machine, as far as this user may look into them. Returns none on Windows: there,
 * a file that a program uses cannot be removed.
 */
export async function runningProcesses(): Promise<readonly RunningProcess[]> {
  if (process.platform === "win32") return [];
  const ids = await readdir("/proc").catch(() => []);
  const pids = ids.filter((name) => /^\d+$/.test(name)).map(Number);
  return pids.length > 0 ? fromProc(pids) : fromPs();
}

async function fromProc(pids: readonly number[]): Promise<readonly RunningProcess[]> {
  const found: RunningProcess[] = [];
  for (const pid of pids) {
    if (pid === process.pid) continue;
    const link = (name: string) => readlink(`/proc/${pid}/${name}`).catch(() => "");
    const text = (name: string) => readFile(`/proc/${pid}/${name}`, "utf8").catch(() => "");
    const [program, folder, ...texts] = await Promise.all([
      link("exe"),
      link("cwd"),
      ...["cmdline", "environ", "maps"].map(text),
    ]);
    const all = [program, folder, ...texts].join("\n");
    if (all.trim() !== "") found.push({ pid, name: basename(program), text: all });
  }
  return found;
}

/** macOS and the BSDs have no `/proc`. `-E` adds the variables of the user's own processes. */
async function fromPs(): Promise<readonly RunningProcess[]> {
  const { stdout } = await runCaptured("ps", ["-axwwE", "-o", "pid=,command="]).catch(() => ({ stdout: "" }));
  return stdout.split("\n").flatMap((line) => {
    const [, id, text = ""] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
    if (id === undefined || Number(id) === process.pid) return [];
    return [{ pid: Number(id), name: basename(text.split(" ")[0] ?? ""), text }];
  });
}
