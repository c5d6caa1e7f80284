import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { parsePackageName } from "../../src/vocab/requirement/name.ts";
import { parseWheelFilename } from "../../src/vocab/filenames/wheel-filename.ts";
import { newDatabase } from "../packages/support/new-database.ts";
import { newSandbox, type Sandbox } from "../support/posy.ts";

/** Variables for certificates and proxies, which other tools need to reach the network. */
const network = Object.fromEntries(
  ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"].map((name) => [
    name,
    process.env[name],
  ]),
);

/** Runs Posy up to three times, because the public index may fail for a moment. Other tools have no status for that. */
async function patiently(
  sandbox: Sandbox,
  args: readonly string[],
  cwd = sandbox.cwd,
  tries = 3,
): Promise<string> {
  const run = await sandbox.posy(args, { cwd, env: network, timeout: 120_000 });
  if (run.status !== 0 && tries > 1) {
    await pause(3000);
    return patiently(sandbox, args, cwd, tries - 1);
  }
  assert.equal(run.status, 0, `status ${run.status}\n${run.stdout}${run.stderr}`);
  return run.stdout;
}

const installed = [
  "import importlib.metadata as m, re",
  "names = {re.sub('[-_.]+', '-', d.name).lower() + ' ' + d.version for d in m.distributions()}",
  "print(*sorted(name for name in names if not name.startswith('pip ')), sep='\\n')",
].join("\n");
const lockAlone = ["run", "--no-project", "-r", "pylock.toml"];

describe("a lock file of another tool, with files of the public index,", () => {
  let sandbox: Sandbox;
  before(async () => {
    sandbox = await newSandbox();
  });
  after(() => sandbox[Symbol.dispose]());
  const patience = { timeout: 400_000 };

  test("is installed if it is the example of the standard (PEP 751)", patience, async () => {
    const text = await readFile("test/lockfile/data/pylock.example.toml", "utf8");
    await writeFile(join(sandbox.cwd, "pylock.toml"), await withIndexUrls(text));
    const code =
      "import cattrs, numpy, sys; print(numpy.__version__, cattrs.structure('1', int), sys.version_info[:2])";
    const run = [...lockAlone, "--", "python", "-c", code];
    assert.equal(await patiently(sandbox, run), "2.2.3 1 (3, 12)\n");
    assert.equal(
      await patiently(sandbox, [...lockAlone, "--", "python", "-c", installed]),
      "attrs 25.1.0\ncattrs 24.1.2\nnumpy 2.2.3\n",
    );
  });

  const asked = ["flask", "numpy"];
  const uv = (...args: string[]) => ["run", "--no-project", "--with", "uv", "--", "uv", ...args];
  const python = async () => {
    const code = "import os, sys; print(os.path.realpath(sys.executable))";
    return (await patiently(sandbox, ["run", "--no-project", "--", "python", "-c", code])).trim();
  };

  test("installs the same packages as uv does if uv wrote it", patience, async () => {
    // uv would keep the versions of an existing lock file.
    await rm(join(sandbox.cwd, "pylock.toml"), { force: true });
    await writeFile(join(sandbox.cwd, "requirements.in"), `${asked.join("\n")}\n`);
    const interpreter = await python();
    const compile = ["pip", "compile", "-q", "--universal", "-p", interpreter, "--format", "pylock.toml"];
    await patiently(sandbox, uv(...compile, "requirements.in", "-o", "pylock.toml"));
    const own = await patiently(sandbox, [...lockAlone, "-p", interpreter, "--", "python", "-c", installed]);
    await patiently(sandbox, uv("venv", "-q", "--clear", "-p", interpreter, "theirs"));
    await patiently(sandbox, uv("pip", "sync", "-q", "-p", "theirs", "pylock.toml"));
    const theirs = [
      "run",
      "--no-project",
      "--",
      join(sandbox.cwd, "theirs", "bin", "python"),
      "-c",
      installed,
    ];
    assert.equal(await patiently(sandbox, theirs), own);
    assert.match(own, /^flask \d/m);
  });

  test("installs the same packages as pip does if pip wrote it", patience, async () => {
    const interpreter = await python();
    await patiently(sandbox, uv("venv", "-q", "--clear", "--seed", "-p", interpreter, "theirs"));
    const inTheirs = (...args: string[]) => [
      "run",
      "--no-project",
      "--",
      join(sandbox.cwd, "theirs", "bin", "python"),
      ...args,
    ];
    await patiently(sandbox, inTheirs("-m", "pip", "lock", "-q", "-o", "pylock.toml", ...asked));
    await patiently(sandbox, inTheirs("-m", "pip", "install", "-q", "-r", "pylock.toml"));
    const own = await patiently(sandbox, [...lockAlone, "-p", interpreter, "--", "python", "-c", installed]);
    assert.equal(await patiently(sandbox, inTheirs("-c", installed)), own);
    assert.match(own, /^numpy \d/m);
  });
});

/** Replaces the URLs of the lock with those of the public index, and asserts that the hashes are the same. */
async function withIndexUrls(text: string): Promise<string> {
  const { db } = newDatabase([], { retries: 5 }, { environment: process.env });
  let real = text;
  for (const [url = ""] of text.matchAll(/https:\/\/files\.example\/[^']+/g)) {
    const filename = basename(url);
    const { releases } = await db.project(parsePackageName(parseWheelFilename(filename).name));
    const file = releases.flatMap(({ artifacts }) => artifacts).find((each) => each.filename === filename);
    assert.ok(file?.hashes["sha256"] && text.includes(file.hashes["sha256"]), filename);
    real = real.replace(url, file.url);
  }
  await db.close();
  return real;
}
