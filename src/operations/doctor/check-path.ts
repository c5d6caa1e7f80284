import { realpathSync, statSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { isPosyLauncher } from "../../pythons/system/index.ts";
import { variableOf } from "../../system/process/index.ts";
import { type Finding, findingsOf } from "./finding.ts";

const { ok, note, problem } = findingsOf("PATH");

/** Checks which `posy`, `python` and `pip` a shell finds. `self` is the path of the running program. */
export async function checkPath(environment: NodeJS.ProcessEnv, self: string): Promise<readonly Finding[]> {
  const folders = (variableOf(environment, "PATH") ?? "").split(delimiter).filter((one) => one !== "");
  // A Posy that runs from its sources is started by another program.
  const isCompiled = /^posy/i.test(basename(self));
  const found = programsIn(folders, "posy");
  const [first] = found;
  const findings: Finding[] = [];
  if (first === undefined) {
    const hint = isCompiled ? `add \`${dirname(self)}\` to the PATH` : "add the folder of Posy to the PATH";
    findings.push(note("`posy` is not on the PATH", hint));
  } else if (isCompiled && real(first) !== real(self)) {
    findings.push(
      problem(
        `\`posy\` on the PATH is \`${first}\`, and this one is \`${self}\``,
        `remove one of them, or put \`${dirname(self)}\` first`,
      ),
    );
  } else findings.push(ok(`\`posy\` is \`${first}\``));
  const others = [...new Set(found.map(real))].slice(1);
  if (others.length > 0) {
    findings.push(note(`other Posys on the PATH are hidden by the first: ${others.join(", ")}`));
  }
  findings.push(...missingFolders(folders));
  for (const name of ["python", "pip"]) {
    const [program] = programsIn(folders, name);
    if (program === undefined) continue;
    const isOfEnv = dirname(dirname(program)) === environment["VIRTUAL_ENV"];
    findings.push(
      isPosyLauncher(program)
        ? ok(`\`${name}\` is \`${program}\`, a launcher of Posy`)
        : isOfEnv
          ? ok(`\`${name}\` is \`${program}\`, of the activated environment`)
          : note(`\`${name}\` is \`${program}\`; \`posy run ${name}\` is the one of the environment`),
    );
  }
  return findings;
}

function missingFolders(folders: readonly string[]): readonly Finding[] {
  const missing = [...new Set(folders.filter((folder) => statOf(folder)?.isDirectory() !== true))];
  return missing.length === 0
    ? []
    : [note(`folders on the PATH do not exist: ${missing.join(", ")}`, "remove them from the PATH")];
}

/** Returns the executables of this name, in the order of the PATH. */
function programsIn(folders: readonly string[], name: string): readonly string[] {
  const windows = process.platform === "win32";
  const names = windows ? [`${name}.exe`, `${name}.cmd`, `${name}.bat`] : [name];
  return folders.flatMap((folder) =>
    names
      .map((file) => join(folder, file))
      .filter((path) => {
        const status = statOf(path);
        return status?.isFile() === true && (windows || (status.mode & 0o111) !== 0);
      }),
  );
}

function statOf(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
