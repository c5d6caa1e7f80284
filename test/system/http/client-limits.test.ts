import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type HttpSettings, openHttpClient } from "../../../src/system/http/http-client.ts";
import { startIndex } from "../../support/index-server.ts";
import { recordingReporter } from "../../support/recording-reporter.ts";
import { testCertificate } from "../../support/test-certificate.ts";

async function startServer(answer: RequestListener) {
  const server = createServer(answer);
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Starts a server that keeps every request waiting until `release` is called. */
async function startWaitingServer() {
  const waiting: ServerResponse[] = [];
  const server = await startServer((_, response) => void waiting.push(response));
  return Object.assign(server, {
    count: () => waiting.length,
    release: () => {
      for (const response of waiting.splice(0)) response.end("ok");
    },
  });
}

function open(settings: Partial<HttpSettings> = {}) {
  const http = openHttpClient({
    environment: { NETRC: "/nowhere" },
    reporter: recordingReporter(),
    offline: false,
    retries: 0,
    ...settings,
  });
  const get = (url: string) =>
    http.send({ url }, async (response) => ({
      status: response.status,
      text: Buffer.from(await response.bytes(1 << 20)).toString(),
    }));
  return { http, get };
}

/** Waits until there are as many as expected, and a little longer for more. Returns the number. */
async function settled(count: () => number, expected: number): Promise<number> {
  for (let waited = 0; waited < 10_000 && count() < expected; waited += 20) await sleep(20);
  await sleep(200);
  return count();
}

describe("simultaneous requests", () => {
  test("are at most 16 for one host, and 50 for all hosts", async () => {
    const servers = await Promise.all([1, 2, 3, 4].map(startWaitingServer));
    const { get } = open();
    const [first = assert.fail()] = servers;
    const requests = Array.from({ length: 20 }, () => get(first.url));
    assert.equal(await settled(first.count, 16), 16);
    for (const { url } of servers.slice(1)) {
      for (let count = 0; count < 20; count++) requests.push(get(url));
    }
    const all = () => servers.reduce((sum, server) => sum + server.count(), 0);
    assert.equal(await settled(all, 50), 50);
    const done = Promise.all(requests);
    const releasing = setInterval(() => {
      for (const server of servers) server.release();
    }, 10);
    assert.equal((await done).length, 80);
    clearInterval(releasing);
    for (const server of servers) server[Symbol.dispose]();
  });

  test("for a host that does not answer do not keep other hosts waiting", async () => {
    using slow = await startWaitingServer();
    using quick = await startServer((_, response) => void response.end("quick"));
    const { get } = open();
    const waiting = Array.from({ length: 60 }, () => get(slow.url).catch(() => {}));
    await settled(slow.count, 16);
    assert.equal((await get(quick.url)).text, "quick");
    const releasing = setInterval(slow.release, 10);
    await Promise.all(waiting);
    clearInterval(releasing);
  });
});

describe("a request", () => {
  test("is made four times by default", async () => {
    let count = 0;
    using server = await startServer((_, response) => {
      count += 1;
      response.writeHead(503, { "retry-after": "0" }).end();
    });
    const http = openHttpClient({ environment: {}, reporter: recordingReporter(), offline: false });
    assert.equal(await http.send({ url: server.url }, async ({ status }) => status), 503);
    assert.equal(count, 4);
  });

  test("is made again by its function for each attempt, with its method and headers", async () => {
    const seen: string[] = [];
    using server = await startServer(({ method, headers }, response) => {
      seen.push(`${method} ${String(headers["x-attempt"])}`);
      response.writeHead(seen.length < 3 ? 500 : 200, { "retry-after": "0" }).end();
    });
    let attempts = 0;
    const { http } = open({ retries: 5 });
    await http.send(
      () => ({ url: server.url, method: "HEAD", headers: { "x-attempt": String(attempts++) } }),
      (response) => response.discard(),
    );
    assert.deepEqual(seen, ["HEAD 0", "HEAD 1", "HEAD 2"]);
  });

  test("may take longer than the timeout if each answer comes in time", async () => {
    using server = await startServer(({ url }, response) => {
      const hop = Number(url?.slice(1));
      setTimeout(() => {
        if (hop < 3) response.writeHead(302, { location: `/${hop + 1}` }).end();
        else response.end("arrived");
      }, 500);
    });
    assert.equal((await open({ timeout: 1 }).get(`${server.url}1`)).text, "arrived");
  });

  test("may take longer than the timeout before each of its parts", async () => {
    using server = await startServer((_, response) => {
      const parts = ["a", "b", "c", "d"].map((letter) => letter.repeat(1000));
      const timer = setInterval(() => {
        response.write(parts.shift() ?? "");
        if (parts.length > 0) return;
        clearInterval(timer);
        response.end();
      }, 400);
    });
    assert.equal((await open({ timeout: 1 }).get(server.url)).text.length, 4000);
  });

  test("may be silent for longer than the timeout if a body of known length needs it", async () => {
    using server = await startServer((_, response) => {
      const body = "x".repeat(32_000);
      response.writeHead(200, { "content-length": body.length }).write("x");
      // At 16 kB a second, it may take two seconds.
      setTimeout(() => response.end(body.slice(1)), 1000);
    });
    assert.equal((await open({ timeout: 0.5 }).get(server.url)).text.length, 32_000);
  });

  test("leaves nothing that keeps the program running", async () => {
    using server = await startServer((_, response) => void response.end("done"));
    const module = JSON.stringify(resolve("src", "system", "http", "http-client.ts"));
    const script = `
      const { openHttpClient } = await import(${module});
      const http = openHttpClient({ environment: {}, reporter: { report() {} }, offline: false, timeout: 60 });
      await http.send({ url: ${JSON.stringify(server.url)} }, (response) => response.bytes(100));`;
    const started = performance.now();
    const child = spawn(resolve("node_modules", "bun", "bin", "bun.exe"), ["-e", script], {
      stdio: "inherit",
    });
    const status = await new Promise((settle) => child.on("exit", settle));
    assert.equal(status, 0);
    assert.ok(performance.now() - started < 30_000);
  });
});

describe("an answer that is not the last one", () => {
  /** Answers with a status and a body that never ends. Resolves when the client has closed the connection. */
  function endless(response: ServerResponse, status: number, headers: Record<string, string> = {}) {
    response.writeHead(status, headers);
    const timer = setInterval(() => response.write("x".repeat(1000)), 5);
    return new Promise<void>((settle) => {
      response.on("close", () => {
        clearInterval(timer);
        settle();
      });
    });
  }

  const cases: readonly (readonly [string, number, Record<string, string>, Partial<HttpSettings>])[] = [
    ["a redirect", 302, { location: "/end" }, {}],
    ["an error that may go away", 503, { "retry-after": "0" }, { retries: 1 }],
  ];
  for (const [title, status, headers, settings] of cases) {
    test(`is not read: ${title}`, async () => {
      let closed: Promise<void> | undefined;
      using server = await startServer((_, response) => {
        if (closed !== undefined) response.end("the last answer");
        else closed = endless(response, status, headers);
      });
      assert.equal((await open(settings).get(server.url)).text, "the last answer");
      await closed;
    });
  }

  test("is not read: a proxy that asks for credentials", async () => {
    let closed: Promise<void> | undefined;
    using proxy = await startServer((_, response) => {
      closed = endless(response, 407);
    });
    await assert.rejects(open({ proxy: proxy.url }).get("http://index.example/"), { code: "authentication" });
    await closed;
  });
});

describe("a redirect", () => {
  /** Starts a server on which `/N` redirects to `/N-1`, and `/0` answers. */
  const startChain = () =>
    startServer(({ url }, response) => {
      const hop = Number(url?.slice(1));
      if (hop === 0) response.end("arrived");
      else response.writeHead(302, { location: `/${hop - 1}` }).end();
    });

  test("is followed ten times, and not an eleventh time", async () => {
    using server = await startChain();
    assert.equal((await open().get(`${server.url}10`)).text, "arrived");
    await assert.rejects(open().get(`${server.url}11`), { message: /redirects without end/ });
  });

  test("is followed for five statuses, if it has a location", async () => {
    using server = await startServer(({ url }, response) => {
      const status = Number(url?.slice(1));
      if (url === "/0") response.end("arrived");
      else response.writeHead(Math.abs(status), status > 0 ? { location: "/0" } : {}).end();
    });
    for (const status of [301, 302, 303, 307, 308]) {
      assert.equal((await open().get(`${server.url}${status}`)).text, "arrived", String(status));
    }
    for (const status of [201, 300, 304, 305, -302]) {
      assert.equal((await open().get(`${server.url}${status}`)).status, Math.abs(status));
    }
  });

  test("from https to http is refused", async () => {
    using plain = await startServer((_, response) => void response.end("not safe"));
    await using secure = await startIndex({ tls: testCertificate });
    secure.always("/down", { status: 302, headers: { location: plain.url } });
    secure.always("/up", { status: 302, headers: { location: `${secure.origin}/end` } });
    secure.always("/end", { status: 200, body: "safe" });
    const { get } = open({ trustedHosts: ["127.0.0.1"] });
    await assert.rejects(get(`${secure.origin}/down`), { message: /which is not safe$/ });
    assert.equal((await get(`${secure.origin}/up`)).text, "safe");
  });

  test("may have credentials in its URL, which are sent and not shown", async () => {
    await using index = await startIndex();
    const target = `${index.origin.replace("://", "://me:s3cret@")}/end`;
    index.always("/start", { status: 302, headers: { location: target } });
    index.always("/end", { status: 200, body: "arrived" });
    const known = [{ url: index.origin, credentials: { username: "other", password: "pw" } }];
    const { http } = open({ credentials: known });
    const url = await http.send({ url: `${index.origin}/start` }, async (response) => response.url);
    assert.equal(url, `${index.origin}/end`);
    const sent = index.requests.map(({ headers }) => headers.authorization);
    assert.deepEqual(
      sent,
      ["other:pw", "me:s3cret"].map((login) => `Basic ${Buffer.from(login).toString("base64")}`),
    );
  });
});

describe("after a 401", { skip: process.platform === "win32" }, () => {
  const secret = { username: "me", password: "new" };

  /** Returns an environment in which `keyring` has this password. */
  function keyring(password: string) {
    const folder = mkdtempSync(join(tmpdir(), "posy-keyring-"));
    const path = join(folder, "keyring");
    writeFileSync(path, `#!/bin/sh\necho ${password}\n`);
    chmodSync(path, 0o755);
    const environment = { NETRC: "/nowhere", PATH: [folder, "/usr/bin", "/bin"].join(delimiter) };
    return { environment, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
  }

  for (const [title, password, status, count] of [
    ["the password of the keyring is sent", "new", 200, 2],
    ["the answer is final if the password of the keyring is refused, too", "wrong", 401, 2],
  ] as const) {
    test(title, async () => {
      using program = keyring(password);
      await using index = await startIndex({
        files: [{ filename: "x", bytes: Buffer.from("x") }],
        auth: secret,
      });
      const known = [{ url: index.origin, credentials: { username: "me", password: "old" } }];
      const { get } = open({ credentials: known, environment: program.environment, keyring: true });
      assert.equal((await get(index.fileUrl("x"))).status, status);
      assert.equal(index.requests.length, count);
    });
  }

  test("the keyring is not asked without the setting", async () => {
    using program = keyring("new");
    await using index = await startIndex({ auth: secret });
    const { get } = open({ environment: program.environment });
    assert.equal((await get(index.url)).status, 401);
    assert.equal(index.requests.length, 1);
  });
});
