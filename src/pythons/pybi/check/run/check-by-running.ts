import { existsSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeTree } from "../../../../system/fs/index.ts";
import { runCaptured } from "../../../../system/process/index.ts";
import { pybiPathNames } from "../../../../vocab/metadata/index.ts";
import { quote } from "../../../../text/index.ts";
import type { Interpreter } from "../../../../model/index.ts";
import { extractInterpreter } from "../../../extract/index.ts";
import { type Finding, finding } from "../rules.ts";
import { checkScript } from "./check-script.ts";
import { greeting, loopbackServer } from "./loopback-server.ts";

interface Answer {
  readonly imports: Readonly<Record<string, string>>;
  readonly before: readonly string[];
  /** Whether the folder or the file in which it looks for certificates has any. */
  readonly certificates?: boolean;
  readonly looked?: readonly (string | null)[];
  /** What came of fetching from a server that nothing vouches for, and from one whose certificate it was given. */
  readonly https?: { readonly unknown: string; readonly trusted: string };
  readonly markers: Readonly<Record<string, string>>;
  readonly paths: Readonly<Record<string, string>>;
}

/** Milliseconds. */
const patience = 60_000;

/** Where machines have their certificates in one file. */
const bundles = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/ssl/certs/ca-bundle.crt",
  "/etc/pki/tls/cert.pem",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/**
 * Unpacks a pybi, runs it, moves the tree elsewhere and asks it there: every extension module is imported, nothing may
 * know of the first place, what METADATA says must be so, and HTTPS must work: it finds this machine's certificates by
 * itself, fetches from a server on the loopback that it is told to trust, and not where it is not told so.
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
    await extractInterpreter(interpreter, archivePath, before);
    // The first run leaves bytecode, which has paths in it, too.
    const first = await ask(interpreter, before, "/nowhere-at-all");
    if ("rule" in first) return [first];
    await rename(before, after);
    await using server = await loopbackServer();
    const certificate = join(folder, "certificate.pem");
    await writeFile(certificate, server.certificate);
    const answer = await ask(interpreter, after, before, [server.url, certificate]);
    return "rule" in answer ? [answer] : [...judge(answer, interpreter), ...judgeHttps(answer, interpreter)];
  } finally {
    await removeTree(folder);
  }
}

async function ask(
  interpreter: Interpreter,
  root: string,
  before: string,
  more: readonly string[] = [],
): Promise<Answer | Finding> {
  const suffix = interpreter.platform.startsWith("windows-") ? ".exe" : "";
  const python = join(root, interpreter.paths.scripts, `python${suffix}`);
  // Nothing of the caller's: certificates above all, which would hide that Python finds none by itself.
  const env = { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8", HOME: root };
  try {
    const said = await runCaptured(python, ["-E", "-s", "-c", checkScript, before, root, ...more], {
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
  return findings;
}

function judgeHttps(
  { certificates, looked = [], https }: Answer,
  { platform }: Interpreter,
): readonly Finding[] {
  const findings: Finding[] = [];
  // On Windows they are not in files.
  if (certificates === false && !platform.startsWith("windows-")) {
    const paths = looked.map((path) => quote(path ?? "")).join(" and ");
    findings.push(
      bundles.some((path) => existsSync(path))
        ? finding("run-certificates", `\`ssl\` finds no certificates: it looks at ${paths}`)
        : finding("no-certificates", `this machine has no certificates that \`ssl\` could find at ${paths}`),
    );
  }
  if (https === undefined) return findings;
  if (https.unknown === greeting) {
    findings.push(finding("run-https", "`ssl` trusts a server that nothing vouches for"));
  }
  if (https.trusted !== greeting) {
    const why = quote(https.trusted);
    findings.push(
      finding("run-https", `fetching from a server that \`SSL_CERT_FILE\` vouches for fails: ${why}`),
    );
  }
  return findings;
}
