import { type Sandbox, posyCommand } from "./posy.ts";

/** The output of a program at a terminal, and its status. */
export interface Session {
  readonly output: string;
  readonly status: number;
}

/** What a person types at a terminal. */
interface Typed {
  /** The lines, one for each prompt. Keys such as a tab may be in them. */
  readonly lines: readonly string[];
  /** The end of the prompt. */
  readonly ready: string;
  readonly variables: Readonly<Record<string, string>>;
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
export function atTerminal(sandbox: Sandbox, args: readonly string[], typed: Typed): Promise<Session> {
  return programAtTerminal(sandbox, [...posyCommand, ...args], typed);
}

/** The same for any program. */
export async function programAtTerminal(
  sandbox: Sandbox,
  argv: readonly string[],
  typed: Typed,
): Promise<Session> {
  const session = { ...typed, argv };
  const run = await sandbox.posy(["run", "--no-project", "--", "python", "-c", script], {
    stdin: JSON.stringify(session),
    env: { TERM: "dumb" },
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout) as Session;
}
