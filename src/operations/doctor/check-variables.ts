import { statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { didYouMean } from "../../text/index.ts";
import { type Finding, findingsOf } from "./finding.ts";

const { ok, note, problem } = findingsOf("variables");

/** The variables of Posy: its own, and after them those that uv has, too (docs/reference/settings.md). */
const known = `
  HOME SHARED_STORES TRUSTED_STORES TOOL_BIN_DIR UPLOAD_HTTP_TIMEOUT PYTHON PYTHON_INDEX PYTHON_MIRROR COLOR CERT CLIENT_CERT SHELL OPEN_FILES ZDOTDIR RELEASES
  REMOTE_STORE REMOTE_STORE_PUSH IMAGE_REGISTRY
  KEEP_ARCHIVES CACHE_MAX_SIZE
  GIT_USERNAME GIT_PASSWORD INDEX EXTRA_INDEX_URL DEFAULT_INDEX INDEX_URL FIND_LINKS NO_INDEX
  INDEX_STRATEGY KEYRING_PROVIDER EXCLUDE_NEWER OFFLINE INSECURE_HOST HTTP_TIMEOUT REQUEST_TIMEOUT
  HTTP_RETRIES CONCURRENT_DOWNLOADS CONSTRAINT OVERRIDE BUILD_CONSTRAINT RESOLUTION PREFER PRERELEASE
  REQUIRE_HASHES NO_BUILD NO_BUILD_PACKAGE NO_BINARY NO_BINARY_PACKAGE NO_BUILD_ISOLATION
  NO_BUILD_ISOLATION_PACKAGE CONFIG_SETTINGS
`
  .trim()
  .split(/\s+/)
  .map((name) => `POSY_${name}`);
const knownPatterns = [/^POSY_INDEX_\w+_(USERNAME|PASSWORD)$/, /^POSY_PUBLISH_\w+$/];

/** Variables with the path of a file or folder of certificates. */
const certificatePaths = [
  "POSY_CERT",
  "POSY_CLIENT_CERT",
  "PIP_CERT",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "SSL_CLIENT_CERT",
  "REQUESTS_CA_BUNDLE",
  "CURL_CA_BUNDLE",
  "NODE_EXTRA_CA_CERTS",
];

/** Checks variables that change what Posy or the Pythons that it starts do. */
export async function checkVariables(environment: NodeJS.ProcessEnv): Promise<readonly Finding[]> {
  const value = (name: string) => environment[name] || undefined;
  const findings: Finding[] = [];
  for (const name of Object.keys(environment).filter((one) => one.startsWith("POSY_"))) {
    if (known.includes(name) || knownPatterns.some((pattern) => pattern.test(name))) continue;
    const [similar] = didYouMean(name, known);
    findings.push(
      problem(
        `Posy has no variable \`${name}\``,
        similar === undefined
          ? "unset it; docs/reference/settings.md lists the variables"
          : `did you mean \`${similar}\`?`,
      ),
    );
  }
  for (const name of certificatePaths) {
    const path = value(name);
    if (path !== undefined && !exists(path)) {
      findings.push(
        problem(`\`${name}\` names \`${path}\`, which does not exist`, `correct or unset \`${name}\``),
      );
    }
  }
  findings.push(...pythonFindings(value));
  findings.push(...environmentFindings(value));
  for (const prefix of ["PIP_", "UV_"]) {
    const set = Object.keys(environment).filter((name) => name.startsWith(prefix));
    if (set.length > 0)
      findings.push(
        note(`Posy heeds these variables of ${prefix === "PIP_" ? "pip" : "uv"}: ${set.join(", ")}`),
      );
  }
  return findings.length > 0 ? findings : [ok("no variable changes what Posy does")];
}

type Value = (name: string) => string | undefined;

function pythonFindings(value: Value): readonly Finding[] {
  const findings: Finding[] = [];
  const home = value("PYTHONHOME");
  if (home !== undefined) {
    findings.push(
      problem(
        `\`PYTHONHOME\` is \`${home}\`: a Python that Posy did not start looks there for its library`,
        "unset `PYTHONHOME`; Posy leaves it out for the programs that it starts",
      ),
    );
  }
  const path = value("PYTHONPATH");
  if (path !== undefined) {
    findings.push(
      problem(
        `\`PYTHONPATH\` is \`${path}\`: modules there come before those of every environment`,
        "unset `PYTHONPATH`, or add those folders with `--with-editable`",
      ),
    );
  }
  const libraries = value(process.platform === "darwin" ? "DYLD_LIBRARY_PATH" : "LD_LIBRARY_PATH");
  if (libraries !== undefined && process.platform !== "win32") {
    findings.push(
      note(
        `the library path is \`${libraries}\`: libraries there come before those that packages bring`,
        "unset it if a package with compiled code does not load",
      ),
    );
  }
  if (value("NODE_TLS_REJECT_UNAUTHORIZED") === "0") {
    findings.push(
      note(
        "`NODE_TLS_REJECT_UNAUTHORIZED=0` is ignored: Posy checks certificates",
        "`--cert` trusts a certificate",
      ),
    );
  }
  return findings;
}

function environmentFindings(value: Value): readonly Finding[] {
  const findings: Finding[] = [];
  const env = value("VIRTUAL_ENV");
  if (env !== undefined && !exists(join(env, "pyvenv.cfg"))) {
    findings.push(
      problem(
        `\`VIRTUAL_ENV\` names \`${env}\`, which is no environment`,
        "`deactivate`, or unset `VIRTUAL_ENV`",
      ),
    );
  } else if (env !== undefined) {
    findings.push(note(`the environment \`${env}\` is activated; \`posy run\` uses that of the project`));
  }
  const conda = value("CONDA_PREFIX");
  if (conda !== undefined) {
    findings.push(
      exists(conda)
        ? note(`the conda environment \`${conda}\` is activated; \`posy run\` does not use it`)
        : problem(
            `\`CONDA_PREFIX\` names \`${conda}\`, which does not exist`,
            "`conda deactivate`, or unset it",
          ),
    );
  }
  return findings;
}

/** Returns whether a path, or each folder of a list of them, exists. */
function exists(paths: string): boolean {
  return paths.split(delimiter).every((path) => {
    try {
      return statSync(path, { throwIfNoEntry: false }) !== undefined;
    } catch {
      return false;
    }
  });
}
