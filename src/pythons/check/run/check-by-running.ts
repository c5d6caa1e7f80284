import { existsSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeTree } from "../../../system/files.ts";
import { runCaptured } from "../../../system/processes.ts";
import { pybiPathNames } from "../../../vocab/pybi-metadata.ts";
import { quote } from "../../../vocab/quote.ts";
import type { Interpreter } from "../../interpreter.ts";
import { placeInterpreter } from "../../place/place-interpreter.ts";
import { type Finding, finding } from "../rules.ts";
import { checkScript } from "./check-script.ts";

interface Answer {
  readonly imports: Readonly<Record<string, string>>;
  readonly before: readonly string[];
  readonly certificates?: boolean;
  readonly looked?: readonly (string | null)[];
  readonly markers: Readonly<Record<string, string>>;
  readonly paths: Readonly<Record<string, string>>;
}

/** Milliseconds. */
const patience = 60_000;

/** Where this machine has certificates, if it has any. */
const certificates = ["/etc/ssl/certs", "/etc/pki/tls/certs", "/etc/ssl/cert.pem"];

/**
 * Unpacks a pybi, runs it, moves the tree elsewhere and asks it there: every extension module is imported, nothing may
 * know of the first place, what METADATA says must be so, and HTTPS must find this machine's certificates by itself.
 */
export async function checkByRunning(
  interpreter: Interpreter,
  archivePath: string,
): Promise<readonly Finding[]> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "posy-check-")));
  try {
    const [before, after] = [join(folder, "first-place"), join(folder, "second-place", "deeper")];
    await mkdir(before);
    await mkdir(join(folder, "second-place"));
    await placeInterpreter(interpreter, archivePath, before);
    // The first run leaves bytecode, which has paths in it, too.
    const first = await ask(interpreter, before, "/nowhere-at-all");
    if ("rule" in first) return [first];
    await rename(before, after);
    const answer = await ask(interpreter, after, before);
    return "rule" in answer ? [answer] : judge(answer, interpreter);
  } finally {
    await removeTree(folder);
  }
}

async function ask(interpreter: Interpreter, root: string, before: string): Promise<Answer | Finding> {
  const suffix = interpreter.platform.startsWith("windows-") ? ".exe" : "";
  const python = join(root, interpreter.paths.scripts, `python${suffix}`);
  // Nothing of the caller's: certificates above all, which would hide that Python finds none by itself.
  const env = { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8", HOME: root };
  try {
    const said = await runCaptured(python, ["-E", "-s", "-c", checkScript, before, root], {
      cwd: root,
      env,
      timeout: patience,
    });
    const answer = said.status === 0 ? parseAnswer(said.stdout) : undefined;
    if (answer !== undefined) return answer;
    const last = said.stderr.trim().split("\n").at(-1) ?? "";
    return finding("run-start", `the interpreter does not run${last === "" ? "" : `: ${quote(last)}`}`);
  } catch (error) {
    return finding("run-start", `the interpreter does not run: ${quote((error as Error).message)}`);
  }
}

function parseAnswer(stdout: string): Answer | undefined {
  try {
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Answer;
  } catch {
    // A program that says something else is no Python.
    return undefined;
  }
}

function judge(answer: Answer, { markers, paths }: Interpreter): readonly Finding[] {
  const claimed: Readonly<Record<string, string | undefined>> = { ...markers };
  const findings = Object.entries(answer.markers)
    .filter(([variable, value]) => claimed[variable] !== undefined && claimed[variable] !== value)
    .map(([variable, value]) => {
      const said = `${quote(claimed[variable] ?? "")}, the interpreter ${quote(value)}`;
      return finding("run-metadata", `of \`${variable}\` METADATA says ${said}`);
    });
  for (const name of pybiPathNames) {
    const own = answer.paths[name];
    if (own !== undefined && own !== paths[name]) {
      findings.push(
        finding(
          "run-metadata",
          `of the path \`${name}\` METADATA says ${quote(paths[name])}, the interpreter ${quote(own)}`,
        ),
      );
    }
  }
  for (const [module, why] of Object.entries(answer.imports)) {
    findings.push(finding("run-import", `\`import ${module}\` fails: ${quote(why)}`));
  }
  for (const place of answer.before) {
    findings.push(finding("run-relocation", `\`${place}\` still names the folder that it was moved from`));
  }
  if (answer.certificates === false && certificates.some((path) => existsSync(path))) {
    const looked = (answer.looked ?? []).map((path) => quote(path ?? "")).join(" and ");
    findings.push(finding("run-certificates", `\`ssl\` finds no certificates: it looks at ${looked}`));
  }
  return findings;
}
