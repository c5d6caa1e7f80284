import { existsSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { withTemporaryFolder } from "../../../../system/fs/index.ts";
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
  /** Whether there are certificates in the folder or the file in which `ssl` looks for them. */
  readonly certificates?: boolean;
  readonly looked?: readonly (string | null)[];
  /** The responses, or errors, of a server whose certificate is not trusted, and of the same server once it is. */
  readonly https?: { readonly unknown: string; readonly trusted: string };
  readonly markers: Readonly<Record<string, string>>;
  readonly paths: Readonly<Record<string, string>>;
}

/** Milliseconds. */
const runTimeout = 60_000;

/** Files with certificates on Linux and macOS. */
const bundles = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/ssl/certs/ca-bundle.crt",
  "/etc/pki/tls/cert.pem",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/**
 * Unpacks a pybi, runs it, moves the tree to another folder and runs it again. Every extension module must be
 * importable, no value may contain the first folder, and METADATA must be true. HTTPS must work: Python must find the
 * certificates of this machine by itself, and trust a server on loopback only after it was told to.
 */
export function checkByRunning(interpreter: Interpreter, archivePath: string): Promise<readonly Finding[]> {
  return withTemporaryFolder("check", async (folder) => {
    const [before, after] = [join(folder, "first"), join(folder, "second", "deeper")];
    await mkdir(before);
    await mkdir(join(folder, "second"));
    await extractInterpreter(interpreter, archivePath, before);
    // The first run writes bytecode, which contains paths, too.
    const first = await ask(interpreter, before, "/nowhere-at-all");
    if ("rule" in first) return [first];
    await rename(before, after);
    await using server = await loopbackServer();
    const certificate = join(folder, "certificate.pem");
    await writeFile(certificate, server.certificate);
    const answer = await ask(interpreter, after, before, [server.url, certificate]);
    return "rule" in answer ? [answer] : [...judge(answer, interpreter), ...judgeHttps(answer, interpreter)];
  });
}

async function ask(
  interpreter: Interpreter,
  root: string,
  before: string,
  more: readonly string[] = [],
): Promise<Answer | Finding> {
  const suffix = interpreter.platform.startsWith("windows-") ? ".exe" : "";
  const python = join(root, interpreter.paths.scripts, `python${suffix}`);
  // The caller's variables are not passed on. Those for certificates would hide that Python finds none by itself.
  const env = { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8", HOME: root };
  try {
    const output = await runCaptured(python, ["-E", "-s", "-c", checkScript, before, root, ...more], {
      cwd: root,
      env,
      timeout: runTimeout,
    });
    const answer = output.status === 0 ? parseAnswer(output.stdout) : undefined;
    if (answer !== undefined) return answer;
    const last = output.stderr.trim().split("\n").at(-1) ?? "";
    return finding("run-start", `the interpreter does not run${last === "" ? "" : `: ${quote(last)}`}`);
  } catch (error) {
    return finding("run-start", `the interpreter does not run: ${quote((error as Error).message)}`);
  }
}

function parseAnswer(stdout: string): Answer | undefined {
  try {
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Answer;
  } catch {
    // Other output means that the program is not Python.
    return undefined;
  }
}

function judge(answer: Answer, { markers, paths }: Interpreter): readonly Finding[] {
  const stated: Readonly<Record<string, string | undefined>> = { ...markers };
  const findings = Object.entries(answer.markers)
    .filter(([variable, value]) => stated[variable] !== undefined && stated[variable] !== value)
    .map(([variable, value]) => {
      const values = `${quote(stated[variable] ?? "")} in METADATA, but ${quote(value)} in the interpreter`;
      return finding("run-metadata", `\`${variable}\` is ${values}`);
    });
  for (const name of pybiPathNames) {
    const actual = answer.paths[name];
    if (actual !== undefined && actual !== paths[name]) {
      findings.push(
        finding(
          "run-metadata",
          `the path \`${name}\` is ${quote(paths[name])} in METADATA, but ${quote(actual)} in the interpreter`,
        ),
      );
    }
  }
  for (const [module, why] of Object.entries(answer.imports)) {
    findings.push(finding("run-import", `\`import ${module}\` fails: ${quote(why)}`));
  }
  for (const variable of answer.before) {
    findings.push(
      finding("run-relocation", `\`${variable}\` still has the folder that the tree was moved from`),
    );
  }
  return findings;
}

function judgeHttps(
  { certificates, looked = [], https }: Answer,
  { platform }: Interpreter,
): readonly Finding[] {
  const findings: Finding[] = [];
  // On Windows, certificates are not in files.
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
    findings.push(finding("run-https", "`ssl` trusts a server whose certificate is unknown"));
  }
  if (https.trusted !== greeting) {
    const why = quote(https.trusted);
    findings.push(
      finding("run-https", `fetching from a server whose certificate is in \`SSL_CERT_FILE\` fails: ${why}`),
    );
  }
  return findings;
}
