import { spawn } from "node:child_process";
import type { Writable } from "node:stream";

/**
 * A shell program that reads which processes and groups (`-123`) run, one line per change. The end of its
 * input means that the writer is gone: everything that still runs gets SIGTERM, and SIGKILL a second later.
 * The loop runs in a grandchild, so that no `wait()` ever reports it, not even in a program that replaces
 * this process. It reads descriptor 3, because the runtime closes the standard input of an ended child, and a
 * shell in the background has none.
 */
const watcher = `
trap '' HUP INT QUIT TERM
{
  targets=
  while read -r sign target; do
    if [ "$sign" = + ]; then
      targets="$targets $target"
    else
      rest=
      for each in $targets; do [ "$each" = "$target" ] || rest="$rest $each"; done
      targets=$rest
    fi
  done
  [ -n "$targets" ] || exit 0
  for each in $targets; do kill -s TERM -- "$each"; done
  sleep 1
  for each in $targets; do kill -s KILL -- "$each"; done
} <&3 3<&- >/dev/null 2>&1 &
`;

let toWatcher: Writable | undefined;

/**
 * Ends a process, or a group (a negative number), when this process is gone, even after SIGKILL. Returns a
 * function that cancels this. One shell watches for all targets, from the first call on. Does not work on
 * Windows.
 */
export function endWhenOrphaned(target: number): () => void {
  toWatcher ??= startWatcher();
  const stream = toWatcher;
  stream.write(`+ ${target}\n`);
  return () => void stream.write(`- ${target}\n`);
}

function startWatcher(): Writable {
  // The shell gets a new session: a signal of the terminal to this process's group must not end the watcher
  // first.
  const shell = spawn("/bin/sh", ["-c", watcher], {
    cwd: "/",
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const stream = shell.stdio[3] as Writable & { unref?: () => void };
  // Without a shell nothing watches, and everything else works.
  shell.on("error", () => {});
  stream.on("error", () => {});
  shell.unref();
  stream.unref?.();
  return stream;
}
