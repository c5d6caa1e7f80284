import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { describe, test } from "node:test";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import type { Connection } from "../../../src/system/http/connection.ts";
import { TunnelRefusal } from "../../../src/system/http/http-failure.ts";
import { namesOf, portOf, sendByNode } from "../../../src/system/http/node-transport.ts";
import { testCertificate } from "../../support/test-certificate.ts";

const trusting: Connection = { ca: [testCertificate.cert] };
const throughProxy = (url: string) => ({ ...trusting, proxy: { url, source: "proxy" } });
const basic = `Basic ${Buffer.from("me:s3cret").toString("base64")}`;

function send(url: string, connection: Connection = {}, method: "GET" | "HEAD" = "GET") {
  const { signal } = new AbortController();
  return sendByNode(url, { method, headers: { "x-mine": "yes" }, signal }, connection);
}

async function listening(server: Server, scheme: "http" | "https") {
  const connections = new Set<Socket>();
  server.on(scheme === "https" ? "secureConnection" : "connection", (socket: Socket) =>
    connections.add(socket),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    url: `${scheme}://127.0.0.1:${port}/`,
    connections,
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const startServer = (answer: RequestListener) => listening(createServer(answer), "http");
const startTlsServer = (answer: RequestListener) =>
  listening(createTlsServer(testCertificate, answer), "https");

interface Requested {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
}

/** Starts a proxy that passes tunnels on to `target`, or answers every request with `status`. */
async function startProxy(scheme: "http" | "https", target: string | undefined, status = 200) {
  const requests: Requested[] = [];
  const note = ({ method, url, headers }: IncomingMessage) => requests.push({ method, url, headers });
  const answer: RequestListener = (request, response) => {
    note(request);
    response.writeHead(status).end("the proxy's answer");
  };
  const server = scheme === "https" ? createTlsServer(testCertificate, answer) : createServer(answer);
  server.on("connect", (request: IncomingMessage, socket: Socket) => {
    note(request);
    socket.on("error", () => {});
    if (target === undefined || status !== 200) {
      socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const [host = "", port] = target.split(":");
    const onward = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    socket.on("close", () => onward.destroy());
  });
  return Object.assign(await listening(server, scheme), { requests });
}

describe("a request that is sent without `fetch`", () => {
  test("has the method, path and headers, and gets the status, headers and body", async () => {
    const seen: unknown[] = [];
    using server = await startServer((request, response) => {
      seen.push(request.method, request.url, request.headers["x-mine"]);
      response.writeHead(206, { "x-one": "1", "x-many": ["a", "b"] }).end("the body");
    });
    const response = await send(`${server.url}simple/a/?page=2`);
    assert.deepEqual(seen, ["GET", "/simple/a/?page=2", "yes"]);
    assert.equal(response.status, 206);
    assert.equal(response.headers.get("x-one"), "1");
    assert.equal(response.headers.get("x-many"), "a, b");
    assert.equal(await response.text(), "the body");
  });

  test("has no body as the answer to HEAD, and for the statuses 204 and 304", async () => {
    using server = await startServer((request, response) => {
      const status = Number(request.url?.slice(1));
      response.writeHead(status, status === 200 ? { "content-length": "8" } : {}).end();
    });
    assert.equal((await send(`${server.url}200`, {}, "HEAD")).body, null);
    for (const status of [204, 304]) {
      const response = await send(server.url + status);
      assert.deepEqual([response.status, response.body], [status, null]);
    }
  });

  const packed = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync };
  for (const [encoding, pack] of Object.entries(packed)) {
    test(`is decompressed (${encoding})`, async () => {
      using server = await startServer((_, response) => {
        response.writeHead(200, { "content-encoding": encoding }).end(pack("the text"));
      });
      assert.equal(await (await send(server.url)).text(), "the text");
    });
  }

  test("is passed on as it is if its encoding is not known", async () => {
    using server = await startServer((_, response) => {
      response.writeHead(200, { "content-encoding": "identity" }).end("the text");
    });
    assert.equal(await (await send(server.url)).text(), "the text");
  });

  test("fails if the compressed body is damaged or cut", async () => {
    const whole = gzipSync(Buffer.alloc(1000, "text"));
    for (const body of [Buffer.from("this is not gzip"), whole.subarray(0, 20)]) {
      using server = await startServer((_, response) => {
        response.writeHead(200, { "content-encoding": "gzip" }).end(body);
      });
      const response = await send(server.url);
      await assert.rejects(response.text());
    }
  });

  test("fails if the connection is refused, or if it is aborted", async () => {
    const server = await startServer(() => {});
    const controller = new AbortController();
    const waiting = sendByNode(server.url, { method: "GET", headers: {}, signal: controller.signal }, {});
    controller.abort(new Error("enough"));
    await assert.rejects(waiting);
    server[Symbol.dispose]();
    await assert.rejects(send(server.url));
  });

  test("checks the server's certificate, unless the host is trusted", async () => {
    using server = await startTlsServer((_, response) => void response.end("secret"));
    await assert.rejects(send(server.url));
    assert.equal(await (await send(server.url, { insecure: true })).text(), "secret");
    assert.equal(await (await send(server.url, trusting)).text(), "secret");
  });

  test("uses the same TLS connection again, but not with other settings", async () => {
    using server = await startTlsServer((_, response) => void response.end("secret"));
    const get = async (connection: Connection) => (await send(server.url, connection)).text();
    for (let count = 0; count < 3; count++) await get(trusting);
    assert.equal(server.connections.size, 1);
    await get({ ...trusting });
    assert.equal(server.connections.size, 2);
  });
});

for (const scheme of ["http", "https"] as const) {
  describe(`an ${scheme} proxy`, () => {
    test("gets the whole URL of a request without TLS, and its credentials", async () => {
      using proxy = await startProxy(scheme, undefined);
      const address = proxy.url.replace("://", "://me:s3cret@");
      const response = await send("http://index.example/simple/", throughProxy(address));
      assert.equal(await response.text(), "the proxy's answer");
      const [{ method, url, headers } = assert.fail()] = proxy.requests;
      assert.deepEqual([method, url], ["GET", "http://index.example/simple/"]);
      assert.equal(headers["host"], "index.example");
      assert.equal(headers["x-mine"], "yes");
      assert.equal(headers["proxy-authorization"], basic);
    });

    test("opens a tunnel for TLS, and does not see the request", async () => {
      const seen: IncomingMessage["headers"][] = [];
      using server = await startTlsServer((request, response) => {
        seen.push(request.headers);
        response.end("secret");
      });
      using proxy = await startProxy(scheme, server.host);
      const address = proxy.url.replace("://", "://me:s3cret@");
      assert.equal(await (await send(server.url, throughProxy(address))).text(), "secret");
      const [{ method, url, headers } = assert.fail()] = proxy.requests;
      assert.deepEqual([method, url, proxy.requests.length], ["CONNECT", server.host, 1]);
      assert.equal(headers["proxy-authorization"], basic);
      assert.equal(headers["x-mine"], undefined);
      assert.equal(seen[0]?.["proxy-authorization"], undefined);
      assert.equal(seen[0]?.["x-mine"], "yes");
    });

    test("gets no credentials if it has none, and port 443 if the URL has no port", async () => {
      using proxy = await startProxy(scheme, undefined, 502);
      await assert.rejects(send("https://index.example/", throughProxy(proxy.url)));
      const [{ url, headers } = assert.fail()] = proxy.requests;
      assert.equal(url, "index.example:443");
      assert.equal(headers["proxy-authorization"], undefined);
    });

    test("that opens no tunnel is an error with its status", async () => {
      using proxy = await startProxy(scheme, undefined, 407);
      await assert.rejects(send("https://index.example/", throughProxy(proxy.url)), (error) => {
        assert.ok(error instanceof TunnelRefusal, String(error));
        assert.match(error.message, /status 407$/);
        return true;
      });
    });
  });
}

test("an address without a port has the usual one, and an IPv6 address no brackets and no server name", () => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    ["http://proxy.example", "proxy.example", "80", "proxy.example"],
    ["https://proxy.example", "proxy.example", "443", "proxy.example"],
    ["https://proxy.example:3128", "proxy.example", "3128", "proxy.example"],
    ["http://10.1.2.3:3128", "10.1.2.3", "3128", ""],
    ["http://[fe80::1]:3128", "fe80::1", "3128", ""],
  ];
  for (const [url, host, port, servername] of cases) {
    assert.deepEqual(namesOf(new URL(url)), { host, servername });
    assert.equal(portOf(new URL(url)), port, url);
  }
});

describe("through a tunnel", () => {
  test("the certificate of the server is checked for the name in the URL", async () => {
    using server = await startTlsServer((_, response) => void response.end("secret"));
    using proxy = await startProxy("http", server.host);
    // The certificate is for `localhost` and `127.0.0.1`.
    for (const [host, isRight] of [
      ["localhost", true],
      ["127.0.0.1", true],
      ["other.example", false],
    ] as const) {
      const answer = send(`https://${host}:8443/`, throughProxy(proxy.url)).then((response) =>
        response.text(),
      );
      if (isRight) assert.equal(await answer, "secret");
      else await assert.rejects(answer, /ALTNAME|altnames/i);
    }
    const asked = proxy.requests.map(({ url }) => url);
    assert.deepEqual(asked, ["localhost:8443", "127.0.0.1:8443", "other.example:8443"]);
  });

  test("a proxy that can't be reached is an error", async () => {
    const proxy = await startProxy("http", undefined);
    proxy[Symbol.dispose]();
    await assert.rejects(send("https://index.example/", throughProxy(proxy.url)));
  });
});
