import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, dirname, join } from "node:path";
import { describe, test } from "node:test";
import { PosyError } from "../../../../src/errors/posy-error.ts";
import { fetchScript } from "../../../../src/operations/run/script/fetch-script.ts";
import { newScriptFixture } from "./script-fixture.ts";

/** Serves answers by path. */
async function startServer(answers: Readonly<Record<string, (response: ServerResponse) => void>>) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? "");
    const answer = answers[request.url ?? ""];
    if (answer === undefined) response.writeHead(404).end();
    else answer(response);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    requests,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

const ok =
  (text: string, type = "text/plain") =>
  (response: ServerResponse) => {
    response.writeHead(200, { "content-type": type }).end(text);
  };

describe("a script that is downloaded", () => {
  test("is a file in the cache, for each address", async () => {
    using fixture = newScriptFixture();
    await using server = await startServer({ "/a.py": ok("one"), "/b/a.py": ok("two") });
    const path = await fetchScript(`${server.url}/a.py`, {}, fixture.context);
    assert.equal(readFileSync(path, "utf8"), "one");
    assert.equal(dirname(dirname(path)), join(fixture.root, "home", "cache", "scripts-v1"));
    const other = await fetchScript(`${server.url}/b/a.py`, {}, fixture.context);
    assert.equal(readFileSync(other, "utf8"), "two");
    assert.equal(readFileSync(path, "utf8"), "one");
  });

  const names: Readonly<Record<string, string>> = {
    "/a.py": "a.py",
    "/window.PYW?raw=1": "window.PYW",
    "/deep/note.ipynb": "note.ipynb",
    "/raw": "raw.py",
    "/": "script.py",
    "/..hidden.py": "hidden.py",
    "/a%2Fb c.py": "a_b_20c.py",
  };
  for (const [path, name] of Object.entries(names)) {
    test(`has a name that is safe and that of a script: ${path}`, async () => {
      using fixture = newScriptFixture();
      const { pathname, search } = new URL(path, "http://localhost");
      await using server = await startServer({ [pathname + search]: ok("") });
      const file = await fetchScript(server.url + path, {}, fixture.context);
      assert.equal(basename(file).replace("b_c", "b_20c"), name);
    });
  }

  test("is downloaded each time, and with `--offline` it is the one that is there", async () => {
    using fixture = newScriptFixture();
    let text = "one";
    await using server = await startServer({ "/a.py": (response) => void response.end(text) });
    const url = `${server.url}/a.py`;
    await assert.rejects(
      fetchScript(url, { offline: true }, fixture.context),
      (error) => error instanceof PosyError && error.code === "offline",
    );
    await fetchScript(url, {}, fixture.context);
    text = "two";
    const path = await fetchScript(url, { offline: true }, fixture.context);
    assert.equal(readFileSync(path, "utf8"), "one");
    assert.equal(server.requests.length, 1);
    await fetchScript(url, {}, fixture.context);
    assert.equal(readFileSync(path, "utf8"), "two");
  });

  const failures: readonly (readonly [string, (response: ServerResponse) => void, string, RegExp])[] = [
    [
      "does not exist",
      (response) => void response.writeHead(404).end(),
      "not-found",
      /there is no script at/,
    ],
    ["is forbidden", (response) => void response.writeHead(403).end(), "", /403/],
    ["is empty on purpose", (response) => void response.writeHead(204).end(), "", /204/],
    ["is a web page", ok("<html>", "Text/HTML; charset=utf-8"), "usage", /is a web page/],
    ["is too large", ok("x".repeat(16 * 2 ** 20 + 1)), "", /./],
  ];
  for (const [title, answer, code, message] of failures) {
    test(`is an error if it ${title}`, async () => {
      using fixture = newScriptFixture();
      await using server = await startServer({ "/a.py": answer });
      await assert.rejects(fetchScript(`${server.url}/a.py`, {}, fixture.context), (error) => {
        assert.ok(error instanceof PosyError);
        if (code !== "") assert.equal(error.code, code);
        assert.match(error.message, message);
        return true;
      });
    });
  }

  test("may be as large as scripts are allowed to be", async () => {
    using fixture = newScriptFixture();
    await using server = await startServer({ "/a.py": ok("x".repeat(16 * 2 ** 20)) });
    const path = await fetchScript(`${server.url}/a.py`, {}, fixture.context);
    assert.equal(readFileSync(path).length, 16 * 2 ** 20);
  });
});
