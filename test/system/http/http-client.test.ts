import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
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

function fails(code: string, says: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof PosyError, String(error));
    assert.equal(error.code, code);
    assert.match(`${error.message}\n${error.hint}`, says);
    return true;
  };
}

describe("tries again", () => {
  for (const status of [408, 429, 500, 502, 503, 504, 522]) {
    test(`after ${status}`, async () => {
      await using index = await startIndex({ files });
      index.script(path, { status });
      assert.equal((await client().get(index.fileUrl("x.bin"))).text, "some bytes");
      assert.equal(index.count(path), 2);
    });
  }
  test("after a connection that was cut, before or within the answer", async () => {
    await using index = await startIndex({ files });
    index.script(path, { cutAfter: 3 }, { cutAfter: 5 });
    const { get, reporter } = client();
    assert.equal((await get(index.fileUrl("x.bin"))).text, "some bytes");
    assert.equal(reporter.events.filter((event) => event.kind === "debug").length, 2);
  });
  test("as often as it is told, and then gives the last status to its caller", async () => {
    await using index = await startIndex({ files });
    index.always(path, { status: 500 });
    assert.equal((await client({ retries: 2 }).get(index.fileUrl("x.bin"))).status, 500);
    assert.equal(index.count(path), 3);
  });
  for (const status of [400, 401, 403, 404, 410, 501]) {
    test(`but not after ${status}`, async () => {
      await using index = await startIndex({ files });
      index.always(path, { status });
      assert.equal((await client().get(index.fileUrl("x.bin"))).status, status);
      assert.equal(index.count(path), 1);
    });
  }
  test("no sooner than Retry-After says", async () => {
    await using index = await startIndex({ files });
    index.script(path, { status: 429, headers: { "retry-after": "1" } });
    const start = performance.now();
    await client().get(index.fileUrl("x.bin"));
    assert.ok(performance.now() - start > 990);
  });
});

describe("gives up", () => {
  test("on silence", async () => {
    await using index = await startIndex({ files });
    index.always(path, { hang: true });
    const { get } = client({ timeout: 0.05, retries: 1 });
    await assert.rejects(get(index.fileUrl("x.bin")), fails("network", /no answer in time/));
    assert.equal(index.count(path), 2);
  });
  test("where nobody listens", async () => {
    const index = await startIndex();
    await index.close();
    const { get } = client({ retries: 0 });
    await assert.rejects(get(index.fileUrl("x.bin")), fails("network", /connection refused\n.*--offline/));
  });
  test("at once when offline", async () => {
    await using index = await startIndex({ files });
    await assert.rejects(
      client({ offline: true }).get(index.fileUrl("x.bin")),
      fails("offline", /the network is off/),
    );
    assert.equal(index.requests.length, 0);
  });
  test("on more than its reader accepts", async () => {
    await using index = await startIndex({ files });
    const { http } = client();
    await assert.rejects(
      http.send({ url: index.fileUrl("x.bin") }, (response) => response.bytes(3)),
      fails("network", /more than 3 bytes/),
    );
  });
  test("on what its reader throws, without another try", async () => {
    await using index = await startIndex({ files });
    const own = new TypeError("mine");
    await assert.rejects(
      client().http.send({ url: index.fileUrl("x.bin") }, () => Promise.reject(own)),
      own,
    );
    assert.equal(index.requests.length, 1);
  });
});

test("nothing but http is fetched", async () => {
  for (const url of ["s3://bucket/x", "file:///etc/hostname", "data:,x", "ftp://files.example/x"]) {
    await assert.rejects(client().get(url), fails("invalid-url", /can't be fetched/));
  }
});

test("a concurrency of 0 is one at a time", async () => {
  await using index = await startIndex({ files });
  assert.equal((await client({ concurrency: 0 }).get(index.fileUrl("x.bin"))).text, "some bytes");
});

describe("redirects", () => {
  test("are followed, and told", async () => {
    await using index = await startIndex({ files });
    index.always("/old", { status: 302, headers: { location: "/files/x.bin" } });
    const { text, url } = await client().get(`${index.origin}/old`);
    assert.deepEqual([text, url], ["some bytes", index.fileUrl("x.bin")]);
  });
  test("without end are ended", async () => {
    await using index = await startIndex();
    index.always("/loop", { status: 301, headers: { location: "/loop" } });
    await assert.rejects(client().get(`${index.origin}/loop`), fails("network", /redirects without end/));
  });
  test("to another kind of place are refused", async () => {
    await using index = await startIndex();
    index.always("/out", { status: 302, headers: { location: "file:///etc/passwd" } });
    await assert.rejects(client().get(`${index.origin}/out`), fails("network", /not safe/));
  });
});

describe("credentials", () => {
  const secret = { username: "me", password: "s3cr%t" };
  const basic = `Basic ${Buffer.from("me:s3cr%t").toString("base64")}`;

  test("go to their host, and on a redirect to no other", async () => {
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

  test("from netrc, for the host that it names", async () => {
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

  test("the better of two for one host", async () => {
    await using index = await startIndex({ files });
    const wrong = { username: "a", password: "b" };
    const known = [
      { url: `${index.origin}/other/`, credentials: wrong },
      { url: `${index.origin}/files/`, credentials: secret },
    ];
    await client({ credentials: known }).get(index.fileUrl("x.bin"));
    assert.equal(index.requests[0]?.headers.authorization, basic);
  });

  test("are in no message", async () => {
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

test("no more requests at once than it is told", async () => {
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

test("an http proxy gets the whole URL, and its credentials", async () => {
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
