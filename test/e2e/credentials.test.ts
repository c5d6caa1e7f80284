import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { newSandbox, type Sandbox } from "../support/posy.ts";

const secret = "S3CRET";
const python = ["--", "python", "-c", "1"];

describe("a password", () => {
  const index = (url: string) => ({ args: ["resolve", "one"], env: { PIP_INDEX_URL: url } });
  const requirement = (text: string) => ({ args: ["resolve", text], env: {} });
  const cases: Readonly<
    Record<string, { args: readonly string[]; env: Readonly<Record<string, string>>; file?: string }>
  > = {
    "a raw `/` in an index's URL": index(`https://bob:a/${secret}@127.0.0.1/simple/`),
    "a raw `#` in an index's URL": index(`https://bob:a#${secret}@127.0.0.1/simple/`),
    "a raw `?` in an index's URL": index(`https://bob:a?${secret}@127.0.0.1/simple/`),
    "digits and a raw `/` in an index's URL": index(`http://bob:1/${secret}@127.0.0.1/simple/`),
    "an index's URL without a scheme": index(`bob:${secret}@127.0.0.1/simple/`),
    "a proxy without a scheme": {
      args: ["resolve", "one"],
      env: { HTTPS_PROXY: `socks9://bob:a/${secret}@127.0.0.1`, PIP_INDEX_URL: "https://index.example/" },
    },
    "a malformed requirement": requirement(`one[ @ https://bob:${secret}@127.0.0.1/one-1.0-py3-none-any.whl`),
    "a git URL with a space": requirement(`one @ git+https://bob:${secret}@h h/x`),
    "a git server that does not answer": requirement(`one @ git+http://bob:${secret}@127.0.0.1:1/x`),
    "a malformed line of a file": {
      args: ["resolve", "-r", "r.txt"],
      env: {},
      file: `one @@ https://bob:${secret}@127.0.0.1/x`,
    },
    "an expanded variable in a login": {
      args: ["resolve", "-r", "r.txt"],
      env: { TOKEN: secret },
      file: "one @ https://bob:${TOKEN}@127.0.0.1/x y z",
    },
    "an expanded variable in a path": {
      args: ["resolve", "-r", "r.txt"],
      env: { TOKEN: `${secret}-and-more` },
      file: "-i http://127.0.0.1:1/${TOKEN}/simple\none",
    },
    "an expanded variable in a malformed line": {
      args: ["resolve", "-r", "r.txt"],
      env: { TOKEN: `${secret}-and-more` },
      file: "one == == ${TOKEN} ==",
    },
    "the URL of a requirements file": {
      args: ["resolve", "-r", `https://bob:${secret}@127.0.0.1/r.txt`],
      env: {},
    },
    "an unknown option": { args: ["resolve", `--indx=https://bob:${secret}@127.0.0.1/`], env: {} },
    "a token in a query": requirement(`one @ http://127.0.0.1:1/one-1.0-py3-none-any.whl?token=${secret}`),
  };
  for (const [title, { args, env, file }] of Object.entries(cases)) {
    test(`is not printed in the error about ${title}`, async () => {
      using sandbox = await newSandbox();
      if (file !== undefined) writeFileSync(join(sandbox.cwd, "r.txt"), file);
      const run = await sandbox.posy([...args, "-v"], { env: { ...env, UV_HTTP_RETRIES: "0" } });
      assert.notEqual(run.status, 0);
      assert.match(run.stderr, /error:/);
      assert.doesNotMatch(run.stdout + run.stderr, new RegExp(secret));
    });
  }
});

test("an error quotes a line of a requirements file without expanding its variables", async () => {
  using sandbox = await newSandbox();
  writeFileSync(join(sandbox.cwd, "r.txt"), "one == == ${TOKEN} ==");
  const run = await sandbox.posy(["resolve", "-r", "r.txt"], { env: { TOKEN: "expanded-text" } });
  assert.match(run.stderr, /\$\{TOKEN\}/);
  assert.doesNotMatch(run.stderr, /expanded-text/);
});

/** Returns the files below a folder that contain the text. */
function filesWith(text: string, folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesWith(text, path);
    return entry.isFile() && statSync(path).size < 1 << 24 && readFileSync(path).includes(text) ? [path] : [];
  });
}

test("a valid password is in no output and in no file that Posy writes", async () => {
  const auth = { username: "bob", password: `${secret}%40x` };
  const files = [makeWheel({ name: "one", version: "1.0" })];
  await using index = await startIndex({ files, auth: { ...auth, password: `${secret}@x` } });
  using sandbox: Sandbox = await newSandbox();
  const login = `http://${auth.username}:${auth.password}@`;
  const url = index.url.replace("http://", login);
  const direct = index.fileUrl("one-1.0-py3-none-any.whl").replace("http://", login);
  const env = { UV_DEFAULT_INDEX: url };
  writeFileSync(
    join(sandbox.cwd, "pyproject.toml"),
    '[project]\nname = "app"\nversion = "1"\ndependencies = ["one"]\n',
  );
  const runs = [
    await sandbox.posy(["lock", "-v"], { env }),
    await sandbox.posy(["run", "-v", ...python], { env }),
    await sandbox.posy(["export", "-v"], { env }),
    await sandbox.posy(["export", "--format", "cyclonedx"], { env }),
    await sandbox.posy(["resolve", "--json", "one"], { env }),
    await sandbox.posy(["run", "-v", "--with", `one @ ${direct}`, ...python]),
    await sandbox.posy(["resolve", "--json", `one @ ${direct}`]),
    await sandbox.posy(["outdated", "--json"], { env }),
  ];
  for (const run of runs) {
    assert.equal(run.status, 0, run.stderr);
    assert.doesNotMatch(run.stdout + run.stderr, new RegExp(secret));
  }
  assert.deepEqual(filesWith(secret, sandbox.root), []);
  assert.deepEqual(filesWith(Buffer.from(`bob:${secret}@x`).toString("base64"), sandbox.root), []);
});
