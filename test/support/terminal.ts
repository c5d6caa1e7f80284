import { type Sandbox, posyCommand } from "./posy.ts";

/** The output of a program at a terminal, and its status. */
export interface Session {
  readonly output: string;
  readonly status: number;
}

const script = `
import json, os, pty, sys, time
session = json.load(sys.stdin)
pid, terminal = pty.fork()
if pid == 0:
    os.environ.update(session["variables"])
    os.execvp(session["argv"][0], session["argv"])
output, ready = b"", session["ready"].encode()
pending = list(session["lines"])
end = time.time() + 60
while time.time() < end:
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data: break
    output += data
    # Types one line for each prompt in the output.
    while pending and output.count(ready) > len(session["lines"]) - len(pending):
        os.write(terminal, pending.pop(0).encode() + b"\\n")
_, status = os.waitpid(pid, 0)
print(json.dumps({"output": output.decode("utf-8", "replace"), "status": os.waitstatus_to_exitcode(status)}))
`;

/**
 * Runs Posy at a terminal, which is Python's `pty` (POSIX only). Types the next line whenever `ready`, the end of the
 * prompt, appears.
 */
export async function atTerminal(
  sandbox: Sandbox,
  args: readonly string[],
  typed: {
    readonly lines: readonly string[];
    readonly ready: string;
    readonly variables: Readonly<Record<string, string>>;
  },
): Promise<Session> {
  const session = { ...typed, argv: [...posyCommand, ...args] };
  const run = await sandbox.posy(["run", "--no-project", "--", "python", "-c", script], {
    stdin: JSON.stringify(session),
    env: { TERM: "dumb" },
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout) as Session;
}
