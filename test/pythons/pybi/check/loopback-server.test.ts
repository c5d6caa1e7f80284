import assert from "node:assert/strict";
import { request } from "node:https";
import { connect } from "node:net";
import { describe, test } from "node:test";
import { connect as connectTls } from "node:tls";
import { greeting, loopbackServer } from "../../../../src/pythons/pybi/check/run/loopback-server.ts";

function fetchText(url: string, ca?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request(url, { ca, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => (text += part));
      response.on("end", () => resolve(text));
    })
      .on("error", reject)
      .end();
  });
}

function connectTo(url: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.on("connect", () => {
      socket.destroy();
      resolve("connected");
    });
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

describe("the HTTPS server on loopback", () => {
  test("greets clients that trust its certificate, and no others", async () => {
    await using server = await loopbackServer();
    await assert.rejects(fetchText(server.url));
    assert.equal(await fetchText(server.url, server.certificate), greeting);
  });

  test("accepts no connections after it is disposed of", async () => {
    let url = "";
    {
      await using server = await loopbackServer();
      ({ url } = server);
      assert.equal(await connectTo(url), "connected");
    }
    assert.equal(await connectTo(url), "ECONNREFUSED");
  });

  test("closes connections, even with an unfinished request, when it is disposed of", async () => {
    const server = await loopbackServer();
    const socket = connectTls({
      port: Number(new URL(server.url).port),
      host: "127.0.0.1",
      ca: server.certificate,
    });
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => {});
    await new Promise((resolve) => socket.once("secureConnect", resolve));
    socket.write("GET / HTTP/1.1\r\nHost:");
    // The server has to see the start of the request.
    await new Promise((resolve) => setTimeout(resolve, 100));
    await server[Symbol.asyncDispose]();
    await closed;
  });
});
