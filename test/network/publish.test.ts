import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startCuttingRelay } from "../support/cutting-relay.ts";
import { makeSdist } from "../support/make-sdist.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { patiently } from "../support/patiently.ts";
import { assertFailed, assertPrinted, newSandbox, posyCommand, type Sandbox } from "../support/posy.ts";
import { startUploadServer } from "../support/upload-server.ts";

const password = "my-secret-password";
const metadata = (more = "") =>
  `Metadata-Version: 2.4\nName: posy_Demo\nVersion: 1.0\nSummary: A demo\nKeywords: a,b\nLicense-Expression: MIT\nLicense-File: LICENSE\nClassifier: Topic :: Utilities\nProject-URL: Home, https://example.org/\nProvides-Extra: x\nRequires-Dist: colorama; extra == "x"\nRequires-Python: >=3.8\nDescription-Content-Type: text/markdown\n\n# Demo ü${more}\n`;
const wheel = makeWheel({
  name: "posy_demo",
  rawMetadata: metadata(),
  files: { "posy_demo.py": "answer = 42\n" },
});
const sdist = makeSdist({
  name: "posy_demo",
  pkgInfo: metadata(),
  files: { "posy_demo.py": "answer = 42\n" },
});
const uploaded = "dist/posy_demo-1.0-py3-none-any.whl: uploaded\ndist/posy_demo-1.0.tar.gz: uploaded\n";

function putFiles(
  sandbox: Sandbox,
  ...files: readonly { readonly filename: string; readonly bytes: Uint8Array }[]
): void {
  mkdirSync(join(sandbox.cwd, "dist"), { recursive: true });
  for (const { filename, bytes } of files) writeFileSync(join(sandbox.cwd, "dist", filename), bytes);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((closed) => server.close(() => closed()));
  return port;
}

/** Starts a program in an environment with packages, and waits until it listens on the port. */
async function startServer(sandbox: Sandbox, port: number, words: readonly string[]): Promise<ChildProcess> {
  const [program = "", ...args] = [...posyCommand, "run", "--no-project", ...words];
  const environment = {
    PATH: process.env["PATH"],
    POSY_HOME: sandbox.home,
    HOME: join(sandbox.root, "user"),
  };
  const child = spawn(program, args, { cwd: sandbox.root, env: environment, stdio: "ignore" });
  for (let tries = 0; tries < 300; tries += 1) {
    const listens = await new Promise<boolean>((settle) => {
      const socket = connect(port, "127.0.0.1", () => settle(true));
      socket.on("error", () => settle(false));
      socket.on("connect", () => socket.destroy());
    });
    if (listens) return child;
    assert.equal(child.exitCode, null, `\`${words.join(" ")}\` ended`);
    await sleep(500);
  }
  throw new Error(`\`${words.join(" ")}\` does not listen`);
}

/** A real index: its upload URL, that of its pages, and a user. */
interface RealIndex {
  readonly url: string;
  readonly pages: string;
  readonly username: string;
}

const servers: Readonly<
  Record<string, (sandbox: Sandbox, port: number) => Promise<readonly [ChildProcess, RealIndex]>>
> = {
  async pypiserver(sandbox, port) {
    const folder = join(sandbox.root, "packages");
    mkdirSync(folder);
    const logins = join(sandbox.root, "logins");
    const code = `from passlib.apache import HtpasswdFile as F; f = F(${JSON.stringify(logins)}, new=True); f.set_password("me", "${password}"); f.save()`;
    const packages = ["--with", "pypiserver", "--with", "passlib", "--"];
    const made = await patiently(sandbox, ["run", "--no-project", ...packages, "python", "-c", code], {});
    assert.equal(made.status, 0, made.stderr);
    const options = ["-p", `${port}`, "-i", "127.0.0.1", "-P", logins, "-a", "update", folder];
    const child = await startServer(sandbox, port, [...packages, "pypi-server", "run", ...options]);
    const origin = `http://127.0.0.1:${port}`;
    return [child, { url: `${origin}/`, pages: `${origin}/simple/`, username: "me" }];
  },
  async "devpi-server"(sandbox, port) {
    const data = join(sandbox.root, "devpi");
    // devpi imports `pkg_resources`.
    const packages = ["--with", "devpi-server", "--with", "setuptools<81", "--"];
    const words = ["devpi-init", "--serverdir", data, "--root-passwd", password, "--no-root-pypi"];
    const made = await patiently(sandbox, ["run", "--no-project", ...packages, ...words], {});
    assert.equal(made.status, 0, made.stderr);
    const serve = ["devpi-server", "--serverdir", data, "--host", "127.0.0.1", "--port", `${port}`];
    const child = await startServer(sandbox, port, [...packages, ...serve]);
    const index = `http://127.0.0.1:${port}/root/dev`;
    const authorization = `Basic ${Buffer.from(`root:${password}`).toString("base64")}`;
    const body = JSON.stringify({ volatile: false, bases: [] });
    const answer = await fetch(index, {
      method: "PUT",
      headers: { authorization, "content-type": "application/json" },
      body,
    });
    assert.equal(answer.status, 200, await answer.text());
    return [child, { url: `${index}/`, pages: `${index}/+simple/`, username: "root" }];
  },
};

for (const [name, start] of Object.entries(servers)) {
  describe(`a real ${name}`, () => {
    let sandbox: Sandbox;
    let child: ChildProcess;
    let index: RealIndex;
    let login: readonly string[];
    before(async () => {
      sandbox = await newSandbox();
      [child, index] = await start(sandbox, await freePort());
      login = ["--username", index.username, "--password", password];
      putFiles(sandbox, wheel, sdist);
    });
    after(() => {
      child.kill();
      sandbox[Symbol.dispose]();
    });
    const publish = (args: readonly string[], url = index.url) =>
      sandbox.posy(["publish", "--publish-url", url, ...args]);

    test("refuses a wrong password, and an upload without one", async () => {
      const wrong = await publish(["--username", index.username, "--password", "a-wrong-password"]);
      assertFailed(wrong, 69, /refuses the credentials/);
      assertFailed(await publish([]), 69, /asks for credentials/);
    });

    test("takes the files after a connection that broke halfway, and they can be installed", async () => {
      const { port, pathname } = new URL(index.url);
      await using relay = await startCuttingRelay(Number(port), [300]);
      assertPrinted(await publish(login, `${relay.origin}${pathname}`), uploaded);
      const code = "import posy_demo; print(posy_demo.answer)";
      const args = ["run", "--no-project", "--default-index", index.pages, "--with", "posy-demo", "--"];
      assertPrinted(await sandbox.posy([...args, "python", "-c", code]), "42\n");
    });

    test("has the same files then, which are skipped, and refuses others", async () => {
      const check = [...login, "--check-url", index.pages];
      assertPrinted(await publish(check), uploaded.replaceAll("uploaded", "is there already"));
      putFiles(sandbox, makeWheel({ name: "posy_demo", rawMetadata: metadata("more") }));
      assertFailed(
        await publish(check),
        1,
        /has another file with the name `posy_demo-1\.0-py3-none-any\.whl`/,
      );
      assertFailed(
        await publish(login),
        1,
        /has a file `posy_demo-1\.0-py3-none-any\.whl` already/,
        /--check-url/,
      );
    });
  });
}

test("the form of an upload is that of twine", { timeout: 300_000 }, async () => {
  using sandbox = await newSandbox();
  putFiles(sandbox, wheel, sdist);
  await using posy = await startUploadServer();
  await using twine = await startUploadServer();
  assertPrinted(await sandbox.posy(["publish", "--publish-url", posy.url]), uploaded);
  const upload = [
    "twine",
    "upload",
    "--non-interactive",
    "-u",
    "me",
    "-p",
    "x",
    "--repository-url",
    twine.url,
  ];
  const args = ["run", "--no-project", "--with", "twine", "--", ...upload, "dist/posy_demo-1.0.tar.gz"];
  const run = await patiently(sandbox, [...args, "dist/posy_demo-1.0-py3-none-any.whl"], {});
  assert.equal(run.status, 0, run.stdout + run.stderr);
  const formsOf = ({ files }: typeof posy) =>
    Object.fromEntries(files.map(({ filename, fields }) => [filename, sortedFields(fields)]));
  assert.deepEqual(formsOf(posy), formsOf(twine));
});

function sortedFields(fields: Readonly<Record<string, readonly string[]>>) {
  return Object.entries(fields).sort(([one], [other]) => (one < other ? -1 : 1));
}

test("a README that docutils does not render is refused", { timeout: 300_000 }, async () => {
  using sandbox = await newSandbox();
  await using index = await startUploadServer();
  const text = (readme: string) =>
    `Metadata-Version: 2.1\nName: posy_Demo\nVersion: 1.0\nDescription-Content-Type: text/x-rst\n\n${readme}`;
  const publish = () => patiently(sandbox, ["publish", "--publish-url", index.url], {});
  putFiles(
    sandbox,
    makeWheel({ name: "posy_demo", rawMetadata: text("Title\n=====\n\n.. code:: python\n   :bad\n") }),
  );
  assertFailed(
    await publish(),
    76,
    /README does not render: line \d+: Error in "code" directive/,
    /--no-readme-check/,
  );
  assert.equal(index.requests.length, 0);
  putFiles(sandbox, makeWheel({ name: "posy_demo", rawMetadata: text("Title\n=====\n\nText.\n") }));
  assertPrinted(await publish(), "dist/posy_demo-1.0-py3-none-any.whl: uploaded\n");
});
