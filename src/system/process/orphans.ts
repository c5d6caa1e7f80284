import { spawn } from "node:child_process";
import type { Writable } from "node:stream";

/**
 * Reads which processes and groups (`-123`) run, one line each time that changes. The end of the input says that the one
 * who writes is gone: what still runs gets SIGTERM, and SIGKILL a second later. The loop runs in a grandchild, so that
 * nobody's `wait()` ever meets it, not even that of a program that takes our place. It reads descriptor 3, since the runtime
 * closes the standard input of a child that has ended, and a shell in the background has none.
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
 * Ends a process, or a group (a negative number), when this process is gone: even SIGKILL leaves nothing behind. Returns
 * what calls that off. One shell watches for all, from the first call on. Not on Windows.
 */
export function endWhenOrphaned(target: number): () => void {
  toWatcher ??= startWatcher();
  const stream = toWatcher;
  stream.write(`+ ${target}\n`);
  return () => void stream.write(`- ${target}\n`);
}

function startWatcher(): Writable {
  // A session of its own: what a terminal sends to our group must not end it before us.
  const shell = spawn("/bin/sh", ["-c", watcher], {
    cwd: "/",
    detached: true,
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const stream = shell.stdio[3] as Writable & { unref?: () => void };
  // Without a shell nobody watches, and all else works.
  shell.on("error", () => {});
  stream.on("error", () => {});
  shell.unref();
  stream.unref?.();
  return stream;
}
