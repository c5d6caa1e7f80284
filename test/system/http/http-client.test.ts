import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, createServer as createRawServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { type KnownCredentials, openCredentials } from "../../../src/system/http/credentials.ts";
import { type HttpSettings, openHttpClient } from "../../../src/system/http/http-client.ts";
import { startIndex } from "../../support/index-server.ts";
import { recordingReporter } from "../../support/recording-reporter.ts";

const bytes = Buffer.from("some bytes");
const files = [{ filename: "x.bin", bytes }];
const path = "/files/x.bin";

function client(settings: Partial<HttpSettings> = {}) {
  const reporter = recordingReporter();
  const http = openHttpClient({ environment: {}, reporter, offline: false, retries: 2, ...settings });
  const get = (url: string) =>
    http.send({ url }, async (response) => ({
      status: response.status,
      url: response.url,
      text: new TextDecoder().decode(await response.bytes(1 << 20)),
    }));
  return { http, get, reporter };
}

const withLogin = (url: string, login: string) => url.replace("://", `://${login}@`);

function temporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), "posy-http-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

function fails(code: string, says: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof PosyError, String(error));
    assert.equal(error.code, code);
    assert.match(`${error.message}\n${error.hint}`, says);
    return true;
  };
}

describe("a request is retried", () => {
  for (const status of [408, 429, 500, 502, 503, 504, 522]) {
    test(`after ${status}`, async () => {
      await using index = await startIndex({ files });
      index.script(path, { status });
      assert.equal((await client().get(index.fileUrl("x.bin"))).text, "some bytes");
      assert.equal(index.count(path), 2);
    });
  }
  test("after a connection that was cut before or during the response", async () => {
    await using index = await startIndex({ files });
    index.script(path, { cutAfter: 3 }, { cutAfter: 5 });
    const { get, reporter } = client();
    assert.equal((await get(index.fileUrl("x.bin"))).text, "some bytes");
    assert.equal(reporter.events.filter((event) => event.kind === "debug").length, 2);
  });
  test("up to `retries` times, after which the last status is returned", async () => {
    await using index = await startIndex({ files });
    index.always(path, { status: 500 });
    assert.equal((await client({ retries: 2 }).get(index.fileUrl("x.bin"))).status, 500);
    assert.equal(index.count(path), 3);
  });
  for (const status of [400, 401, 403, 404, 407, 410, 501]) {
    // The Fetch standard makes a network error of 407 from a host that is no proxy, and Node follows it.
    const skip = status === 407 && typeof Bun === "undefined";
    test(`not after ${status}`, { skip }, async () => {
      await using index = await startIndex({ files });
      index.always(path, { status });
      assert.equal((await client().get(index.fileUrl("x.bin"))).status, status);
      assert.equal(index.count(path), 1);
    });
  }
  test("no sooner than Retry-After allows", async () => {
    await using index = await startIndex({ files });
    index.script(path, { status: 429, headers: { "retry-after": "1" } });
    const start = performance.now();
    await client().get(index.fileUrl("x.bin"));
    assert.ok(performance.now() - start > 990);
  });
});

describe("a request fails", () => {
  test("if the server sends nothing", async () => {
    await using index = await startIndex({ files });
    index.always(path, { hang: true });
    const { get } = client({ timeout: 0.05, retries: 1 });
    await assert.rejects(get(index.fileUrl("x.bin")), fails("network", /no answer in time/));
    assert.equal(index.count(path), 2);
  });
  test("if the connection is refused", async () => {
    const index = await startIndex();
    await index.close();
    const { get } = client({ retries: 0 });
    await assert.rejects(get(index.fileUrl("x.bin")), fails("network", /connection refused\n.*--offline/));
  });
  test("immediately with `offline`", async () => {
    await using index = await startIndex({ files });
    await assert.rejects(
      client({ offline: true }).get(index.fileUrl("x.bin")),
      fails("offline", /the network is off/),
    );
    assert.equal(index.requests.length, 0);
  });
  test("if the body is larger than the reader's limit", async () => {
    await using index = await startIndex({ files });
    const { http } = client();
    await assert.rejects(
      http.send({ url: index.fileUrl("x.bin") }, (response) => response.bytes(3)),
      fails("network", /more than 3 bytes/),
    );
  });
  test("with the error of the reader, without a retry", async () => {
    await using index = await startIndex({ files });
    const own = new TypeError("mine");
    await assert.rejects(
      client().http.send({ url: index.fileUrl("x.bin") }, () => Promise.reject(own)),
      own,
    );
    assert.equal(index.requests.length, 1);
  });
});

/** Starts a server whose answers are written byte by byte. */
async function startRawServer(answer: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createRawServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", () => answer(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests: () => sockets.size,
    [Symbol.dispose]: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Sends chunks of `bytes` bytes for ever, with a pause of `pause` milliseconds after each. */
function dribble(socket: Socket, bytes: number, pause: number): void {
  socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  const chunk = `${bytes.toString(16)}\r\n${"x".repeat(bytes)}\r\n`;
  const timer = setInterval(() => socket.write(chunk), pause);
  socket.on("close", () => clearInterval(timer));
}

describe("the body of a response", () => {
  test("with both `Content-Length` and `Transfer-Encoding` is rejected early", async () => {
    const chunk = `100000\r\n${"x".repeat(1 << 20)}\r\n`;
    let sent = 0;
    using server = await startRawServer((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\nTransfer-Encoding: chunked\r\n\r\n");
      const more = () => {
        for (; sent < 300 && socket.write(chunk); sent += 1);
      };
      socket.on("drain", more);
      more();
    });
    await assert.rejects(client({ retries: 0 }).get(server.url), fails("network", /length|Content-Length/i));
    assert.ok(sent < 100, `${sent} MiB were taken`);
  });
  test("that arrives byte by byte times out, although the server is never silent", async () => {
    using server = await startRawServer((socket) => dribble(socket, 1, 25));
    const { get } = client({ timeout: 0.1, retries: 1 });
    await assert.rejects(get(server.url), fails("network", /less than 100 bytes a second/));
    assert.equal(server.requests(), 2);
  });
  test("that arrives byte by byte times out for a reader of chunks, too", async () => {
    using server = await startRawServer((socket) => dribble(socket, 1, 25));
    const { http } = client({ timeout: 0.1, retries: 0 });
    const drain = http.send({ url: server.url }, async (response) => {
      for await (const _ of response.chunks());
    });
    await assert.rejects(drain, fails("network", /less than 100 bytes a second/));
  });
  test("that is read into memory and takes too long is an error without a retry", async () => {
    using server = await startRawServer((socket) => dribble(socket, 50, 25));
    await assert.rejects(
      client({ timeout: 0.25, retries: 2 }).get(server.url),
      fails("network", /not complete after \d seconds\n.*UV_HTTP_TIMEOUT/),
    );
    assert.equal(server.requests(), 1);
  });
  test("that is written to disk may take long if it is fast enough", async () => {
    const large = Buffer.alloc(4000, "x");
    using server = await startRawServer((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${large.length}\r\n\r\n`);
      let sent = 0;
      const timer = setInterval(() => {
        socket.write(large.subarray(sent, (sent += 50)));
        if (sent >= large.length) clearInterval(timer);
      }, 45);
      socket.on("close", () => clearInterval(timer));
    });
    const { http } = client({ timeout: 0.3, retries: 0 });
    const size = await http.send({ url: server.url }, async (response) => {
      let count = 0;
      for await (const chunk of response.chunks()) count += chunk.length;
      return count;
    });
    assert.equal(size, large.length);
  });
  for (const encoding of ["gzip", "br", "deflate"] as const) {
    test(`that decompresses to more than the reader's limit is an error (${encoding})`, async () => {
      const zeros = Buffer.alloc(8 << 20);
      const pack = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync }[encoding];
      await using index = await startIndex();
      const body = pack(zeros);
      index.always("/bomb", { body, status: 200, headers: { "content-encoding": encoding } });
      await assert.rejects(client().get(`${index.origin}/bomb`), fails("network", /more than 1048576 bytes/));
    });
  }
  test("is not read if the headers never end", async () => {
    using server = await startRawServer((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      const line = `X-Flood: ${"x".repeat(8000)}\r\n`;
      const more = () => {
        while (!socket.destroyed && socket.write(line));
      };
      socket.on("drain", more);
      more();
    });
    await assert.rejects(client({ retries: 0 }).get(server.url), fails("network", /headers|header/i));
  });
});

test("only http and https URLs are fetched", async () => {
  for (const url of ["s3://bucket/x", "file:///etc/hostname", "data:,x", "ftp://files.example/x"]) {
    await assert.rejects(client().get(url), fails("invalid-url", /can't be fetched/));
  }
});

test("a concurrency of 0 means one request at a time", async () => {
  await using index = await startIndex({ files });
  assert.equal((await client({ concurrency: 0 }).get(index.fileUrl("x.bin"))).text, "some bytes");
});

describe("redirects", () => {
  test("are followed, and the response has the final URL", async () => {
    await using index = await startIndex({ files });
    index.always("/old", { status: 302, headers: { location: "/files/x.bin" } });
    const { text, url } = await client().get(`${index.origin}/old`);
    assert.deepEqual([text, url], ["some bytes", index.fileUrl("x.bin")]);
  });
  test("that never end are an error", async () => {
    await using index = await startIndex();
    index.always("/loop", { status: 301, headers: { location: "/loop" } });
    await assert.rejects(client().get(`${index.origin}/loop`), fails("network", /redirects without end/));
  });
  test("to other schemes are refused", async () => {
    await using index = await startIndex();
    index.always("/out", { status: 302, headers: { location: "file:///etc/passwd" } });
    await assert.rejects(client().get(`${index.origin}/out`), fails("network", /not safe/));
  });
});

describe("credentials", () => {
  const secret = { username: "me", password: "s3cr%t" };
  const basic = `Basic ${Buffer.from("me:s3cr%t").toString("base64")}`;

  test("are sent to their host, and on a redirect to no other host", async () => {
    await using own = await startIndex({ files, auth: secret });
    await using other = await startIndex({ files });
    own.always("/away", { status: 302, headers: { location: other.fileUrl("x.bin") } });
    own.always("/home", { status: 302, headers: { location: "/files/x.bin" } });
    const { get } = client({ credentials: [{ url: own.url, credentials: secret }] });
    assert.equal((await get(`${own.origin}/away`)).text, "some bytes");
    assert.equal((await get(`${own.origin}/home`)).text, "some bytes");
    assert.equal(own.requests[0]?.headers.authorization, basic);
    assert.equal(other.requests[0]?.headers.authorization, undefined);
  });

  test("are read from netrc", async () => {
    const { mkdtemp, rm, writeFile } = await import("node:fs/promises");
    const folder = await mkdtemp(join(tmpdir(), "posy-netrc-"));
    try {
      await writeFile(`${folder}/.netrc`, "machine 127.0.0.1 login me password s3cr%t\n");
      await using index = await startIndex({ files, auth: secret });
      const byHome = client({ environment: { HOME: folder } });
      assert.equal((await byHome.get(index.fileUrl("x.bin"))).status, 200);
      const byVariable = client({ environment: { NETRC: `${folder}/.netrc` } });
      assert.equal((await byVariable.get(index.fileUrl("x.bin"))).status, 200);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("take the password from netrc if the URL has only a user name", async () => {
    await using index = await startIndex({ files, auth: secret });
    using folder = temporaryFolder();
    const file = join(folder.path, "netrc");
    writeFileSync(
      file,
      "machine 127.0.0.1 login other password x\nmachine 127.0.0.1 login me password s3cr%t\n",
    );
    for (const keyring of [false, true]) {
      const { http, get } = client({ environment: { NETRC: file }, keyring });
      assert.equal((await get(http.learnCredentials(withLogin(index.fileUrl("x.bin"), "me")))).status, 200);
    }
    // The password of another user is not sent, so the user name may be a token.
    const { http, get } = client({ environment: { NETRC: file } });
    await get(http.learnCredentials(withLogin(index.fileUrl("x.bin"), "token")));
    const sent = index.requests.at(-1)?.headers.authorization;
    assert.equal(sent, `Basic ${Buffer.from("token:").toString("base64")}`);
  });

  test("are not taken from netrc if the URL has a user name and a password", async () => {
    await using index = await startIndex({ files, auth: secret });
    using folder = temporaryFolder();
    const file = join(folder.path, "netrc");
    writeFileSync(file, "machine 127.0.0.1 login me password wrong\n");
    const { http, get } = client({ environment: { NETRC: file } });
    assert.equal(
      (await get(http.learnCredentials(withLogin(index.fileUrl("x.bin"), "me:s3cr%25t")))).status,
      200,
    );
  });

  test("may have the user name and the password in separate sources", async () => {
    await using index = await startIndex({ files, auth: secret });
    const user = { username: "me", password: "" };
    const password = { username: "", password: "s3cr%t" };
    const parts = [user, password].map((credentials) => ({ url: index.url, credentials }));
    for (const known of [parts, [...parts].reverse()]) {
      assert.equal((await client({ credentials: known }).get(index.fileUrl("x.bin"))).status, 200);
    }
    const elsewhere = [parts[0], { ...parts[1], url: `${index.origin}/other/` }] as KnownCredentials[];
    await client({ credentials: elsewhere }).get(index.fileUrl("x.bin"));
    const sent = index.requests.at(-1)?.headers.authorization;
    assert.equal(sent, `Basic ${Buffer.from("me:").toString("base64")}`);
  });

  test("for http are also used for https on the same host, but not for other ports, hosts or schemes", () => {
    const known = [{ url: "http://index.example/simple/", credentials: secret }];
    const store = openCredentials({ known, environment: { NETRC: "/nowhere" }, keyring: false });
    assert.deepEqual(store.known("https://index.example/files/x"), secret);
    assert.equal(store.known("https://index.example:8443/files/x"), undefined);
    assert.equal(store.known("https://files.index.example/x"), undefined);
    const secure = [{ url: "https://index.example/simple/", credentials: secret }];
    const strict = openCredentials({ known: secure, environment: { NETRC: "/nowhere" }, keyring: false });
    assert.equal(strict.known("http://index.example/simple/"), undefined);
  });

  test("for the closest URL are used if a host has several", async () => {
    await using index = await startIndex({ files });
    const wrong = { username: "a", password: "b" };
    const known = [
      { url: `${index.origin}/other/`, credentials: wrong },
      { url: `${index.origin}/files/`, credentials: secret },
    ];
    await client({ credentials: known }).get(index.fileUrl("x.bin"));
    assert.equal(index.requests[0]?.headers.authorization, basic);
  });

  test("for the longest parent URL are used in any order, and path segments must match completely", async () => {
    await using index = await startIndex({ files });
    const of = (username: string) => ({ username, password: "p" });
    const known = ["", "team", "team/deep", "team/deep/er/", "team/dee"].map((folder) => ({
      url: `${index.origin}/${folder}`,
      credentials: of(folder === "" ? "root" : folder),
    }));
    const cases: readonly (readonly [string, string])[] = [
      ["team/deep/er/simple/", "team/deep/er/"],
      ["team/deep/er", "team/deep/er/"],
      ["team/deep/simple/", "team/deep"],
      ["team/deeper/simple/", "team"],
      ["team-b/simple/", "root"],
      ["team?page=2", "team"],
      ["other/", "root"],
    ];
    for (const order of [known, known.toReversed()]) {
      const { get } = client({ credentials: order });
      for (const [path, user] of cases) {
        await get(`${index.origin}/${path}`);
        const expected = `Basic ${Buffer.from(`${user}:p`).toString("base64")}`;
        assert.equal(index.requests.at(-1)?.headers.authorization, expected, path);
      }
    }
  });

  test("are hidden in messages and events", async () => {
    const index = await startIndex();
    await index.close();
    const { http, get, reporter } = client({ retries: 1 });
    const url = http.learnCredentials(`${index.origin.replace("://", "://me:s3cret@")}/x`);
    const error = await get(url).catch((caught: unknown) => caught);
    const said = JSON.stringify([reporter.events, String(error), (error as PosyError).hint]);
    assert.doesNotMatch(said, /s3cret/);
    assert.match(said, /connection refused/);
  });
});

test("no more requests run at once than `concurrency` allows", async () => {
  let now = 0;
  let most = 0;
  const server = createServer((_, response) => {
    now += 1;
    most = Math.max(most, now);
    setTimeout(() => {
      now -= 1;
      response.end("ok");
    }, 5);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const { get } = client({ concurrency: 3 });
  await Promise.all(Array.from({ length: 20 }, () => get(url)));
  assert.equal(most, 3);
  server.closeAllConnections();
  server.close();
});

test("an http proxy receives the whole URL and the proxy's credentials", async () => {
  const seen: (string | undefined)[] = [];
  const proxy = createServer((request, response) => {
    seen.push(request.url, request.headers["proxy-authorization"]);
    response.end("through the proxy");
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = `http://me:pw@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const byVariable = client({ environment: { http_proxy: address, no_proxy: "other.example" } });
  assert.equal((await byVariable.get("http://index.example/simple/")).text, "through the proxy");
  const basic = `Basic ${Buffer.from("me:pw").toString("base64")}`;
  assert.deepEqual(seen, ["http://index.example/simple/", basic]);
  const bySetting = client({ proxy: address });
  assert.equal((await bySetting.get("http://index.example/")).text, "through the proxy");
  proxy.closeAllConnections();
  proxy.close();
});

describe("a proxy", () => {
  /** Starts a proxy that answers everything with a status, and counts the requests. */
  async function refusingProxy(...statuses: readonly number[]) {
    let requests = 0;
    const next = () => statuses[Math.min(requests++, statuses.length - 1)] ?? 500;
    const server = createServer((_, response) => response.writeHead(next()).end("the answer"));
    server.on("connect", (_: IncomingMessage, socket: Socket) => {
      socket.on("error", () => {});
      socket.end(`HTTP/1.1 ${next()} No\r\nContent-Length: 0\r\n\r\n`);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
      address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
      requests: () => requests,
      [Symbol.dispose]: () => {
        server.closeAllConnections();
        server.close();
      },
    };
  }

  for (const scheme of ["http", "https"]) {
    test(`that requires credentials is named in the error and gets one request (${scheme})`, async () => {
      using proxy = await refusingProxy(407);
      const variable = `${scheme}_proxy`;
      const { get } = client({ environment: { [variable]: `http://me:s3cret@${proxy.address}` } });
      const error = await get(`${scheme}://index.example/simple/`).catch((caught: unknown) => caught);
      const name = proxy.address.replaceAll(".", "\\.");
      fails(
        "authentication",
        new RegExp(`^the proxy \`http://${name}\` asks for .*407[^]*\`${variable}\``),
      )(error);
      assert.doesNotMatch(`${(error as PosyError).message}${(error as PosyError).hint}`, /s3cret/);
      assert.equal(proxy.requests(), 1);
    });

    test(`that cannot be reached is named in the error (${scheme})`, async () => {
      using proxy = await refusingProxy(407);
      const { address } = proxy;
      proxy[Symbol.dispose]();
      const { get } = client({ proxy: `http://me:s3cret@${address}`, retries: 1 });
      const error = await get(`${scheme}://index.example/simple/`).catch((caught: unknown) => caught);
      const says = `index\\.example/simple/\` could not be read through the proxy \`http://${address}\`: connection refused`;
      fails("network", new RegExp(`${says}\n.*\`proxy\`.*\`NO_PROXY\``))(error);
    });
  }

  test("that refuses a host gets one request", async () => {
    using proxy = await refusingProxy(403);
    const { get } = client({ environment: { HTTPS_PROXY: `http://${proxy.address}` } });
    const says = /through the proxy `http:.*`: the proxy refuses it \(status 403\)\n.*`HTTPS_PROXY`/;
    await assert.rejects(get("https://index.example/simple/"), fails("network", says));
    assert.equal(proxy.requests(), 1);
  });

  test("that answers with status 503 gets another request", async () => {
    using proxy = await refusingProxy(503);
    const { get } = client({ environment: { HTTPS_PROXY: `http://${proxy.address}` }, retries: 1 });
    await assert.rejects(get("https://index.example/simple/"), fails("network", /status 503/));
    assert.equal(proxy.requests(), 2);
  });
});
