import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { areas, type Finding } from "../../src/operations/doctor/finding.ts";
import { startIndex } from "../support/index-server.ts";
import { newSandbox, posyCommand, type Sandbox } from "../support/posy.ts";

interface Report {
  readonly status: number | null;
  readonly findings: readonly Finding[];
}

async function examine(
  sandbox: Sandbox,
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = ["--offline"],
): Promise<Report> {
  const run = await sandbox.posy(["doctor", "--json", ...args], { env });
  const { ok, findings } = JSON.parse(run.stdout) as { ok: boolean; findings: readonly Finding[] };
  assert.equal(run.status, ok ? 0 : 1, run.stderr);
  return { status: run.status, findings };
}

function assertProblem(
  { status, findings }: Report,
  area: Finding["area"],
  message: RegExp,
  hint = /./,
): void {
  const found = findings.find(
    (one) => one.level === "problem" && one.area === area && message.test(one.message),
  );
  assert.ok(found, `no problem ${message} in ${JSON.stringify(findings, undefined, 1)}`);
  assert.match(found.hint ?? "", hint);
  assert.equal(status, 1);
}

function assertFine({ findings }: Report, area: Finding["area"], message: RegExp): void {
  const found = findings.find(
    (one) => one.level !== "problem" && one.area === area && message.test(one.message),
  );
  assert.ok(found, `no ${message} in ${JSON.stringify(findings, undefined, 1)}`);
}

const manifest = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.9"\n';

describe("posy doctor", () => {
  test("looks at everything, finds nothing wrong in a usual place, and changes nothing", async () => {
    using sandbox = await newSandbox();
    const report = await examine(sandbox);
    assert.deepEqual(
      report.findings.filter(({ level }) => level === "problem"),
      [],
    );
    assert.equal(report.status, 0);
    assert.deepEqual([...new Set(report.findings.map(({ area }) => area))], [...areas]);
    assertFine(report, "machine", /^(linux|macos)-/);
    assertFine(report, "Pythons", /^Python 3\.\d+\.\d+ starts/);
    const text = await sandbox.posy(["doctor", "--offline"]);
    assert.match(text.stdout, /^posy \S+\n\nmachine\n {2}ok {7}\S+-/);
    assert.match(text.stdout, /\n\nnothing is wrong\n$/);
    assert.deepEqual(readdirSync(sandbox.cwd), []);
    assert.deepEqual(readdirSync(join(sandbox.home, "data")), ["pythons-v1"]);
  });

  test("prints problems with hints, and their number", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    const run = await sandbox.posy(["doctor", "--offline"], {
      env: { PYTHONHOME: "/usr", POSY_COLR: "never" },
    });
    assert.equal(run.status, 1);
    assert.match(
      run.stdout,
      / {2}problem {2}Posy has no variable `POSY_COLR`\n {11}hint: did you mean `POSY_COLOR`\?\n/,
    );
    assert.match(run.stdout, /\n\n2 problems\n$/);
  });

  test("finds a store that is a file, and one that can't be written", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    writeFileSync(join(sandbox.root, "file"), "");
    assertProblem(await examine(sandbox, { POSY_HOME: join(sandbox.root, "file") }), "store", /is a file/);
    const closed = join(sandbox.root, "closed");
    mkdirSync(closed, { mode: 0o555 });
    chmodSync(sandbox.root, 0o755);
    const change = ["--reuid=12345", "--regid=12345", "--clear-groups"];
    const run = spawnSync("setpriv", [...change, ...posyCommand, "doctor", "--offline", "--json"], {
      cwd: sandbox.cwd,
      env: { PATH: process.env["PATH"], POSY_HOME: closed, HOME: closed, POSY_PYTHON_MIRROR: "off" },
      encoding: "utf8",
    });
    // Only root may become another user.
    if (process.getuid?.() !== 0 || run.stdout === "") return;
    const { findings } = JSON.parse(run.stdout) as { findings: readonly Finding[] };
    assertProblem({ status: run.status, findings }, "store", /closed` can't be written/, /POSY_HOME/);
  });

  test("finds Pythons in the store that are damaged or do not start", async () => {
    using sandbox = await newSandbox();
    const pythons = join(sandbox.home, "data", "pythons-v1");
    const [stored = ""] = readdirSync(pythons);
    mkdirSync(join(pythons, "a".repeat(64)));
    const broken = join(pythons, "b".repeat(64));
    cpSync(join(pythons, stored, "pybi-info"), join(broken, "pybi-info"), {
      recursive: true,
      dereference: true,
    });
    mkdirSync(join(broken, "bin"));
    assertProblem(await examine(sandbox), "Pythons", /`.*a{64}` is damaged/, /posy cache clean pythons/);
    assertProblem(await examine(sandbox), "Pythons", /has no `.*b{64}\/bin\/python`/, /--reinstall 3/);
    writeFileSync(join(broken, "bin", "python"), "#!/bin/sh\necho 'libpython is missing' >&2\nexit 1\n", {
      mode: 0o755,
    });
    assertProblem(await examine(sandbox), "Pythons", /does not start: libpython is missing/, /--reinstall 3/);
  });

  test("asks each index, and finds those that do not answer, refuse, fail, or are slow", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    await using index = await startIndex();
    const ask = (url: string) => examine(sandbox, { POSY_DEFAULT_INDEX: url, POSY_HTTP_TIMEOUT: "1" }, []);
    assertFine(await ask(index.url), "network", /127\.0\.0\.1:\d+\/simple\/` answers in \d+ ms/);
    assert.equal(index.count("/simple/pip/"), 1);
    assertProblem(await ask("http://127.0.0.1:1/simple/"), "network", /127\.0\.0\.1:1\/.* could not be read/);
    assertProblem(await ask(join(sandbox.root, "none")), "network", /does not exist/);
    index.always("/simple/pip/", { status: 401 });
    assertProblem(await ask(index.url), "network", /refuses access \(status 401\)/, /netrc/);
    index.always("/simple/pip/", { status: 500 });
    assertProblem(await ask(index.url), "network", /500/);
    index.always("/simple/pip/", { hang: true });
    const begun = performance.now();
    assertProblem(await ask(index.url), "network", /could not be read|no answer/);
    assert.ok(performance.now() - begun < 15_000);
    const before = index.requests.length;
    assertFine(await examine(sandbox, { POSY_DEFAULT_INDEX: index.url }), "network", /were not asked/);
    assert.equal(index.requests.length, before);
  });

  test("finds proxies and certificates that can't be used", async () => {
    using sandbox = await newSandbox({ interpreter: false });
    const index = { POSY_DEFAULT_INDEX: "https://index.example/simple/" };
    const proxied = await examine(sandbox, { ...index, HTTPS_PROXY: "http://me:secret@proxy.example:3128" });
    assertFine(
      proxied,
      "network",
      /the proxy `http:\/\/.*proxy\.example:3128\/?` of `HTTPS_PROXY` is used for `index\.example`/,
    );
    assert.doesNotMatch(JSON.stringify(proxied), /secret/);
    assertProblem(
      await examine(sandbox, { ...index, HTTPS_PROXY: "socks5://p:1" }),
      "network",
      /the proxy .* can't be used/,
    );
    writeFileSync(join(sandbox.root, "none.pem"), "");
    // Configuration files of this machine may name certificates, which come before the variable.
    const none = { PIP_CONFIG_FILE: "/dev/null", UV_NO_CONFIG: "1" };
    const certificates = { ...none, SSL_CERT_FILE: join(sandbox.root, "none.pem") };
    assertProblem(
      await examine(sandbox, certificates),
      "network",
      /no certificates could be read/,
      /SSL_CERT_FILE/,
    );
  });

  test("finds a project that can't be read, a lock that is out of date, and a broken environment", async () => {
    using sandbox = await newSandbox();
    const env = { POSY_NO_INDEX: "1" };
    assertFine(await examine(sandbox, env), "project", /there is no project/);
    const path = join(sandbox.cwd, "pyproject.toml");
    writeFileSync(path, '[project]\nname = "app"\nversion = 1\n');
    assertProblem(await examine(sandbox, env), "project", /pyproject\.toml/);
    writeFileSync(path, manifest);
    assertFine(await examine(sandbox, env), "project", /pylock\.toml` is not made yet/);
    assert.equal((await sandbox.posy(["run", "python", "-c", ""], { env })).status, 0);
    const fresh = await examine(sandbox, env);
    assertFine(fresh, "project", /pylock\.toml` is up to date/);
    assertFine(fresh, "project", /\.venv` has a Python/);
    assert.equal(fresh.status, 0, JSON.stringify(fresh.findings));
    writeFileSync(path, `${manifest}dependencies = ["black"]\n`);
    assertProblem(await examine(sandbox, env), "project", /pylock\.toml` is not up to date/, /posy lock/);
    writeFileSync(path, manifest);
    rmSync(join(sandbox.cwd, ".posy", "env"));
    symlinkSync(join(sandbox.root, "gone"), join(sandbox.cwd, ".posy", "env"));
    assertProblem(await examine(sandbox, env), "project", /leads to an environment that is gone/, /posy run/);
    rmSync(join(sandbox.cwd, ".posy"), { recursive: true });
    rmSync(join(sandbox.cwd, ".venv"), { recursive: true });
    mkdirSync(join(sandbox.cwd, ".venv"));
    assertProblem(await examine(sandbox, env), "project", /\.venv` has no working Python/, /posy run/);
  });
});
