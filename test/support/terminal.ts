import { type Place, posyCommand } from "./posy.ts";

/** What a program that had a terminal showed, and how it ended. */
export interface Session {
  readonly output: string;
  readonly status: number;
}

const script = `
import json, os, pty, sys, time
asked = json.load(sys.stdin)
pid, terminal = pty.fork()
if pid == 0:
    os.environ.update(asked["variables"])
    os.execvp(asked["argv"][0], asked["argv"])
output, ready = b"", asked["ready"].encode()
typed = list(asked["lines"])
end = time.time() + 60
while time.time() < end:
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data: break
    output += data
    # A line for each prompt that has come.
    while typed and output.count(ready) > len(asked["lines"]) - len(typed):
        os.write(terminal, typed.pop(0).encode() + b"\\n")
_, status = os.waitpid(pid, 0)
print(json.dumps({"output": output.decode("utf-8", "replace"), "status": os.waitstatus_to_exitcode(status)}))
`;

/**
 * Runs Posy at a terminal (POSIX: by Python's `pty`, which Posy brings) and types a line each time that `ready` is
 * shown: the end of a prompt.
 */
export async function atTerminal(
  place: Place,
  args: readonly string[],
  typed: {
    readonly lines: readonly string[];
    readonly ready: string;
    readonly variables: Readonly<Record<string, string>>;
  },
): Promise<Session> {
  const asked = { ...typed, argv: [...posyCommand, ...args] };
  const run = await place.posy(["run", "--no-project", "--", "python", "-c", script], {
    stdin: JSON.stringify(asked),
    env: { TERM: "dumb" },
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout) as Session;
}
