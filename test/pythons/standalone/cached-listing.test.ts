import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { plainIndexSettings } from "../../../src/packages/index-settings.ts";
import {
  type ListingContext,
  type ListingRequest,
  readListing,
} from "../../../src/pythons/standalone/cached-listing.ts";
import { openHttpClient } from "../../../src/system/http/index.ts";
import { startIndex } from "../../support/index-server.ts";
import { newSandbox, type Sandbox } from "../sandbox.ts";

const day = 24 * 3600_000;

function contextIn(sandbox: Sandbox, change: Omit<Partial<ListingContext>, "reporter"> = {}) {
  const { home, reporter } = sandbox.context();
  const { offline = false } = change;
  const http = openHttpClient({ ...plainIndexSettings, offline, retries: 0, environment: {}, reporter });
  return { home, reporter, http, offline: false, refresh: false, ...change };
}

const request = (url: string, lifetime = day): ListingRequest => ({
  url,
  lifetime,
  parse: (text) => text.split("\n").filter((line) => line.startsWith("line")),
});

/** Returns the file of the only cached listing. */
function cacheFile(sandbox: Sandbox): string {
  const folder = join(sandbox.root, "cache", "http-v2");
  const [name = "", ...others] = readdirSync(folder);
  assert.deepEqual(others, []);
  return join(folder, name);
}

function change(sandbox: Sandbox, fields: object): void {
  const path = cacheFile(sandbox);
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...fields }));
}

describe("a listing", () => {
  for (const [title, lifetime, asked, isFresh] of [
    ["of today", day, () => Date.now(), true],
    ["of one minute less than its lifetime", day, () => Date.now() - day + 60_000, true],
    ["of one minute more than its lifetime", day, () => Date.now() - day - 60_000, false],
    ["with a date in the near future", day, () => Date.now() + 60_000, false],
    ["with a date in a distant year", 3650 * day, () => Date.now() + 3650 * day, false],
  ] as const) {
    test(`${title} is ${isFresh ? "used" : "requested again"}`, async () => {
      using sandbox = newSandbox();
      await using index = await startIndex();
      index.always("/list", { status: 200, body: "line 1\nother\n" });
      const url = `${index.origin}/list`;
      assert.deepEqual(await readListing(request(url, lifetime), contextIn(sandbox)), ["line 1"]);
      change(sandbox, { asked: asked() });
      index.always("/list", { status: 200, body: "line 2\n" });
      const expected = isFresh ? ["line 1"] : ["line 2"];
      assert.deepEqual(await readListing(request(url, lifetime), contextIn(sandbox)), expected);
      assert.equal(index.count("/list"), isFresh ? 1 : 2);
      // The cached listing gets the current date.
      const { asked: date } = JSON.parse(readFileSync(cacheFile(sandbox), "utf8")) as { asked: number };
      if (!isFresh) assert.ok(Math.abs(Date.now() - date) < 60_000, String(date));
    });
  }

  for (const status of [404, 410]) {
    test(`that does not exist (${status}) is requested again after an hour`, async () => {
      using sandbox = newSandbox();
      await using index = await startIndex();
      index.always("/list", { status, body: "line 1" });
      const read = () => readListing(request(`${index.origin}/list`), contextIn(sandbox));
      assert.equal(await read(), undefined);
      change(sandbox, { asked: Date.now() - 59 * 60_000 });
      assert.equal(await read(), undefined);
      assert.equal(index.count("/list"), 1);
      change(sandbox, { asked: Date.now() - 61 * 60_000 });
      index.always("/list", { status: 200, body: "line 1" });
      assert.deepEqual(await read(), ["line 1"]);
    });
  }

  test("that does not exist is requested again no later than an existing one", async () => {
    using sandbox = newSandbox();
    await using index = await startIndex();
    index.always("/list", { status: 404 });
    const read = () => readListing(request(`${index.origin}/list`, 60_000), contextIn(sandbox));
    await read();
    change(sandbox, { asked: Date.now() - 61_000 });
    await read();
    assert.equal(index.count("/list"), 2);
  });

  test("is used at any age offline, and results that depend on it stay cached", async () => {
    using sandbox = newSandbox();
    await using index = await startIndex();
    index.always("/list", { status: 200, body: "line 1" });
    const online = contextIn(sandbox);
    await readListing(request(`${index.origin}/list`), online);
    const [input] = online.reporter.cacheInputs;
    assert.ok(input && Math.abs(input.freshUntil - Date.now() - day) < 60_000);
    change(sandbox, { asked: 1 });
    const offline = contextIn(sandbox, { offline: true });
    assert.deepEqual(await readListing(request(`${index.origin}/list`), offline), ["line 1"]);
    assert.equal(offline.reporter.cacheInputs[0]?.freshUntil, Number.POSITIVE_INFINITY);
    // A fresh listing also says until when a cached answer may be used.
    change(sandbox, { asked: Date.now() - day / 2 });
    const later = contextIn(sandbox);
    await readListing(request(`${index.origin}/list`), later);
    const until = later.reporter.cacheInputs[0]?.freshUntil ?? 0;
    assert.ok(Math.abs(until - Date.now() - day / 2) < 60_000);
  });

  test("is requested again if its cache file is damaged, or of another URL or format", async () => {
    using sandbox = newSandbox();
    await using index = await startIndex();
    index.always("/list", { status: 200, body: "line 1" });
    const read = () => readListing(request(`${index.origin}/list`), contextIn(sandbox));
    await read();
    const faults = [
      { url: "https://other.example/" },
      { listingVersion: 2 },
      { asked: "today" },
      { lines: "line 1" },
      { lines: ["line 1", 2] },
    ];
    for (const fault of faults) {
      change(sandbox, fault);
      assert.deepEqual(await read(), ["line 1"]);
    }
    writeFileSync(cacheFile(sandbox), "{");
    assert.deepEqual(await read(), ["line 1"]);
    assert.equal(index.count("/list"), faults.length + 2);
  });

  test("is taken from the cache with a warning if the mirror fails, and is requested again the next time", async () => {
    using sandbox = newSandbox();
    await using index = await startIndex();
    index.always("/list", { status: 200, body: "line 1" });
    await readListing(request(`${index.origin}/list`), contextIn(sandbox));
    change(sandbox, { asked: Date.now() - 2 * day });
    for (const reply of [{ status: 500 }, { status: 200, body: "nothing" }]) {
      index.always("/list", reply);
      const context = contextIn(sandbox);
      assert.deepEqual(await readListing(request(`${index.origin}/list`), context), ["line 1"]);
      assert.match(context.reporter.warnings().join(), /the cached listing is used/);
    }
    assert.equal(index.count("/list"), 3);
  });

  test("is not requested in the pause after a failure, unless it is refreshed or has no time limit", async () => {
    using sandbox = newSandbox();
    await using index = await startIndex();
    index.always("/list", { status: 500 });
    const read = (fields: Parameters<typeof contextIn>[1] = {}) =>
      readListing(request(`${index.origin}/list`), contextIn(sandbox, { timeout: 30_000, ...fields }));
    await assert.rejects(read(), { code: "http-status" });
    const { pausedUntil, asked } = JSON.parse(readFileSync(cacheFile(sandbox), "utf8")) as Record<
      string,
      number
    >;
    // A response costs the server something, so the pause has at least ten minutes.
    const pause = ((pausedUntil ?? 0) - Date.now()) / 60_000;
    assert.ok(pause > 9 && pause < 121, String(pause));
    assert.equal(asked, 0);
    await assert.rejects(read(), { code: "network", message: /a short while ago/ });
    assert.equal(index.count("/list"), 1);
    await assert.rejects(read({ refresh: true }), { code: "http-status" });
    const { timeout: _, ...patient } = contextIn(sandbox, { timeout: 1 });
    await assert.rejects(readListing(request(`${index.origin}/list`), patient), { code: "http-status" });
    assert.equal(index.count("/list"), 3);
    change(sandbox, { pausedUntil: Date.now() - 1 });
    index.always("/list", { status: 200, body: "line 1" });
    assert.deepEqual(await read(), ["line 1"]);
    // A success ends the pause.
    assert.ok(!readFileSync(cacheFile(sandbox), "utf8").includes("pausedUntil"));
  });

  test("has no pause offline after a failure, and is taken from the cache without a warning during a pause", async () => {
    using sandbox = newSandbox();
    await using index = await startIndex();
    index.always("/list", { status: 200, body: "line 1" });
    const read = (context: ListingContext) => readListing(request(`${index.origin}/list`), context);
    await assert.rejects(read(contextIn(sandbox, { timeout: 30_000, offline: true })), { code: "offline" });
    assert.deepEqual(await read(contextIn(sandbox, { timeout: 30_000 })), ["line 1"]);
    change(sandbox, { asked: Date.now() - 2 * day });
    index.always("/list", { status: 500 });
    for (let times = 0; times < 2; times++) {
      const context = contextIn(sandbox, { timeout: 30_000 });
      assert.deepEqual(await read(context), ["line 1"]);
      assert.deepEqual(context.reporter.warnings(), []);
      assert.match(JSON.stringify(context.reporter.events), /the cached listing is used/);
    }
    assert.equal(index.count("/list"), 2);
  });

  test("that was never received is an error offline, even after a failure that is remembered", async () => {
    using sandbox = newSandbox();
    await using index = await startIndex();
    index.always("/list", { status: 500 });
    const read = (context: ListingContext) => readListing(request(`${index.origin}/list`), context);
    await assert.rejects(read(contextIn(sandbox, { timeout: 30_000 })), { code: "http-status" });
    const offline = contextIn(sandbox, { timeout: 30_000, offline: true });
    change(sandbox, { pausedUntil: 0 });
    await assert.rejects(read(offline), { code: "offline" });
  });

  test("is not taken from the cache if reading it fails for a reason of the program", async () => {
    using sandbox = newSandbox();
    await using index = await startIndex();
    index.always("/list", { status: 200, body: "line 1" });
    const url = `${index.origin}/list`;
    await readListing(request(url), contextIn(sandbox));
    change(sandbox, { asked: Date.now() - 2 * day });
    const parse = () => {
      throw new TypeError("a fault of the program");
    };
    for (const fields of [{}, { timeout: 30_000 }]) {
      const context = contextIn(sandbox, fields);
      await assert.rejects(readListing({ ...request(url), parse }, context), TypeError);
      assert.ok(!readFileSync(cacheFile(sandbox), "utf8").includes("pausedUntil"));
    }
  });

  test("that arrives too slowly times out, even while bytes arrive", async () => {
    using sandbox = newSandbox();
    const server = createServer((_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write("line\n"), 20);
      response.on("close", () => clearInterval(timer));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/list`;
      const slow = readListing(request(url), contextIn(sandbox, { timeout: 300 }));
      await assert.rejects(slow, { code: "network", message: /takes too long/ });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test("is not taken from a cache file without a date if it can't be requested", async () => {
    using sandbox = newSandbox();
    await using index = await startIndex();
    index.always("/list", { status: 200, body: "line 1" });
    const read = () => readListing(request(`${index.origin}/list`), contextIn(sandbox));
    await read();
    change(sandbox, { asked: "today" });
    index.always("/list", { status: 500 });
    await assert.rejects(read(), { code: "http-status" });
  });

  test("is not requested for at most two hours, however long the failure took", async () => {
    using sandbox = newSandbox();
    const now = Date.now;
    const http = {
      send() {
        // The connection fails after a minute.
        Date.now = () => now() + 60_000;
        return Promise.reject(new PosyError("network", "no connection"));
      },
    } as unknown as ListingContext["http"];
    try {
      const context = { ...contextIn(sandbox, { timeout: 30_000 }), http };
      await assert.rejects(readListing(request("https://x.example/"), context), { code: "network" });
      const { pausedUntil } = JSON.parse(readFileSync(cacheFile(sandbox), "utf8")) as { pausedUntil: number };
      const minutes = Math.round((pausedUntil - Date.now()) / 60_000);
      assert.equal(minutes, 120);
    } finally {
      Date.now = now;
    }
  });

  test("may have 128 MiB and no byte more", async () => {
    using sandbox = newSandbox();
    const piece = Buffer.alloc(2 ** 20, "x");
    /** Returns a client that answers with 128 MiB, or with one byte more. */
    const client = (more: boolean) =>
      ({
        send: (_: unknown, read: (response: unknown) => unknown) =>
          read({
            status: 200,
            async *chunks() {
              for (let count = 0; count < 128; count++) yield piece;
              if (more) yield Buffer.from("x");
            },
          }),
      }) as unknown as ListingContext["http"];
    const read = (more: boolean) => {
      const context = { ...contextIn(sandbox, { timeout: 60_000, refresh: true }), http: client(more) };
      return readListing({ url: "https://x.example/", lifetime: day, parse: () => ["line 1"] }, context);
    };
    await assert.rejects(read(true), { code: "network", message: /more than 134217728 bytes/ });
    assert.deepEqual(await read(false), ["line 1"]);
  });

  test("is read completely if it arrives in several pieces", async () => {
    using sandbox = newSandbox();
    const server = createServer((_, response) => {
      response.write("line 1\nli");
      setTimeout(() => response.end("ne 2\n"), 30);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/list`;
      const context = contextIn(sandbox, { timeout: 30_000 });
      assert.deepEqual(await readListing(request(url), context), ["line 1", "line 2"]);
    } finally {
      server.close();
    }
  });
});
