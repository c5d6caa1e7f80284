import { exists, openHome } from "../../system/fs/index.ts";
import { thisMachine } from "../../system/machine/index.ts";
import { runCaptured } from "../../system/process/index.ts";
import { storedNames, type StoredPython, storedPythonsOfAll } from "../../pythons/discover/index.ts";
import { systemPythons } from "../../pythons/system/index.ts";
import { type Finding, findingsOf } from "./finding.ts";

const { ok, note, problem } = findingsOf("Pythons");

/** Seconds after which a Python that does not answer is given up. */
const patience = 10;

/** Starts each Python of the store that is for this machine, and counts those that are installed otherwise. */
export async function checkPythons(environment: NodeJS.ProcessEnv): Promise<readonly Finding[]> {
  const home = openHome(environment);
  const [stored, names, { platform }] = await Promise.all([
    storedPythonsOfAll(home),
    storedNames(home.pythons),
    thisMachine(),
  ]);
  const findings: Finding[] = [];
  const readable = new Set(stored.map(({ sha256 }) => sha256));
  for (const name of names.filter((one) => !readable.has(one))) {
    findings.push(
      problem(
        `\`${home.pythons}/${name}\` is damaged`,
        "`posy cache clean pythons` removes it; it is installed again",
      ),
    );
  }
  const mine = stored.filter(({ interpreter }) => interpreter.platform === platform);
  findings.push(...(await Promise.all(mine.map((python) => startFinding(python, environment)))));
  if (names.length === 0 && stored.length === 0)
    findings.push(ok("no Python in the store: one is installed when it is needed"));
  const others = systemPythons(environment);
  findings.push(
    others.length > 0
      ? ok(`installed on this machine by other means: ${others.join(", ")}`)
      : note("no Python is installed on this machine by other means, and none is needed"),
  );
  return findings;
}

async function startFinding(python: StoredPython, environment: NodeJS.ProcessEnv): Promise<Finding> {
  const { executable, interpreter } = python;
  const name = `Python ${interpreter.version}`;
  const hint = `\`posy python install --reinstall ${interpreter.version}\` installs it again`;
  if (!(await exists(executable))) return problem(`${name} in the store has no \`${executable}\``, hint);
  const env = { ...environment, PYTHONHOME: undefined, PYTHONPATH: undefined };
  try {
    const code = "import sys; print(sys.version_info[0])";
    const run = runCaptured(executable, ["-I", "-c", code], { env, timeout: patience * 1000 });
    const { status, stderr } = await run;
    if (status === 0) return ok(`${name} starts: ${executable}`);
    const [last = ""] = stderr.trim().split("\n").slice(-1);
    return problem(`${name} in the store does not start: ${last || `exit status ${status}`}`, hint);
  } catch (error) {
    return problem(`${name} in the store does not start: ${(error as Error).message}`, hint);
  }
}
