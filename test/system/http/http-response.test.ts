import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { PosyError } from "../../../src/errors/posy-error.ts";
import { TransportFailure } from "../../../src/system/http/http-failure.ts";
import { wrapResponse } from "../../../src/system/http/http-response.ts";

const url = "https://index.example/x";
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

// The clock only moves when a body says so.
let now = 0;
const realClock = Object.getOwnPropertyDescriptor(performance, "now");
before(() => {
  Object.defineProperty(performance, "now", { value: () => now, configurable: true });
});
after(() => {
  if (realClock === undefined) Reflect.deleteProperty(performance, "now");
  else Object.defineProperty(performance, "now", realClock);
});

interface BodyOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds until each chunk. */
  readonly pause?: number;
  /** The body fails after its chunks. */
  readonly failure?: Error;
  /** Milliseconds over which the body must keep a minimum speed. */
  readonly window?: number;
}

/** Wraps a response with these chunks. `heard` has the argument of each call, `cancelled` whether the body was. */
function responseOf(chunks: readonly string[], options: BodyOptions = {}) {
  const { headers = {}, pause = 0, failure, window = 1000 } = options;
  const rest = [...chunks];
  const state = { cancelled: false, heard: [] as number[] };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = rest.shift();
        now += pause;
        if (chunk !== undefined) controller.enqueue(Buffer.from(chunk));
        else if (failure !== undefined) controller.error(failure);
        else controller.close();
      },
      cancel() {
        state.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  const heard = (more = 0) => void state.heard.push(more);
  const response = new Response(body, { headers });
  return { state, open: () => wrapResponse(response, url, window, heard) };
}

async function read(chunks: AsyncIterable<Uint8Array>, most = Number.POSITIVE_INFINITY) {
  const texts: string[] = [];
  for await (const chunk of chunks) {
    texts.push(text(chunk));
    if (texts.length >= most) break;
  }
  return texts;
}

const isCut = (error: unknown) => {
  assert.ok(error instanceof TransportFailure, String(error));
  assert.equal(error.message, "it ended after 6 of 10 bytes");
  return true;
};
const isTooLarge = (error: unknown) => {
  assert.ok(error instanceof PosyError, String(error));
  assert.equal(error.message, `\`${url}\` answers with more than 5 bytes`);
  return true;
};

describe("a body that is read into memory", () => {
  for (const [title, headers] of [
    ["with a length", { "content-length": "6" }],
    ["without a length", {}],
  ] as const) {
    test(`${title} may have exactly as many bytes as the limit, and no more`, async () => {
      assert.equal(text(await responseOf(["abc", "def"], { headers }).open().bytes(6)), "abcdef");
      await assert.rejects(responseOf(["abc", "def"], { headers }).open().bytes(5), isTooLarge);
    });
  }

  test("is not whole if it ends before its length", async () => {
    const headers = { "content-length": "10" };
    await assert.rejects(responseOf(["abc", "def"], { headers }).open().bytes(100), isCut);
    // A body that is larger than the limit is read by chunks.
    await assert.rejects(responseOf(["abc", "def"], { headers }).open().bytes(9), isCut);
  });

  test("that is compressed may be longer or shorter than its length, which is that of the compressed bytes", async () => {
    for (const length of ["2", "1000"]) {
      const headers = { "content-length": length, "content-encoding": "gzip" };
      assert.equal(text(await responseOf(["abc", "def"], { headers }).open().bytes(100)), "abcdef");
    }
  });

  test("with a length may be silent for as long as it takes at 16 kB a second", async () => {
    const { state, open } = responseOf(["x".repeat(800)], { headers: { "content-length": "800" } });
    await open().bytes(800);
    assert.deepEqual(state.heard, [50]);
  });

  test("without a length is read by chunks, each of which postpones the timeout", async () => {
    const { state, open } = responseOf(["abc", "def"]);
    await open().bytes(800);
    assert.deepEqual(state.heard, [0, 0]);
  });

  test("that fails is a failed connection, which may be tried again", async () => {
    const failure = new Error("the line is dead");
    for (const headers of [{}, { "content-length": "10" }]) {
      await assert.rejects(responseOf(["abc"], { headers, failure }).open().bytes(100), (error) => {
        assert.ok(error instanceof TransportFailure, String(error));
        assert.equal(error.message, "the line is dead");
        return true;
      });
    }
  });

  // With windows of 100 ms: ten windows, and 100 ms for 1600 bytes at 16 kB a second.
  test("may take ten windows longer than it would at 16 kB a second, and no more", async () => {
    const chunk = "x".repeat(100);
    const sixteen = Array.from({ length: 16 }, () => chunk);
    // The end of the body comes after a pause, too, but is not waited for.
    const inTime = responseOf(sixteen, { pause: 1100 / 16, window: 100 });
    assert.equal((await inTime.open().bytes(10_000)).length, 1600);
    const late = responseOf(sixteen, { pause: 1120 / 16, window: 100 });
    await assert.rejects(late.open().bytes(10_000), (error) => {
      assert.ok(error instanceof PosyError, String(error));
      assert.equal(error.message, `\`${url}\` is still not complete after 1 seconds`);
      assert.match(error.hint ?? "", /`UV_HTTP_TIMEOUT`/);
      return true;
    });
  });
});

describe("a body that is read by chunks", () => {
  test("gives the chunks as they arrive, and each postpones the timeout", async () => {
    const { state, open } = responseOf(["abc", "def"]);
    assert.deepEqual(await read(open().chunks()), ["abc", "def"]);
    assert.deepEqual(state.heard, [0, 0]);
  });

  test("may take as long as it likes if it keeps 100 bytes a second", async () => {
    const chunks = Array.from({ length: 200 }, () => "x".repeat(100));
    const body = responseOf(chunks, { pause: 1000, window: 2000 }).open();
    assert.equal((await read(body.chunks())).length, 200);
    const slow = responseOf(["x".repeat(99), "x".repeat(99)], { pause: 1000, window: 2000 }).open();
    await assert.rejects(read(slow.chunks()), /it sends less than 100 bytes a second/);
  });

  test("is not whole if it ends before its length", async () => {
    const { open } = responseOf(["abc", "def"], { headers: { "content-length": "10" } });
    await assert.rejects(read(open().chunks()), isCut);
  });

  test("that is compressed may have fewer bytes than its length", async () => {
    const headers = { "content-length": "1000", "content-encoding": "br" };
    assert.deepEqual(await read(responseOf(["abc"], { headers }).open().chunks()), ["abc"]);
  });

  test("is cancelled if the reader stops early", async () => {
    const { state, open } = responseOf(["abc", "def"]);
    assert.deepEqual(await read(open().chunks(), 1), ["abc"]);
    assert.equal(state.cancelled, true);
  });

  test("may be missing", async () => {
    const response = new Response(null, { status: 204 });
    assert.deepEqual(await read(wrapResponse(response, url, 1000, () => {}).chunks()), []);
  });
});

describe("a body that is not read", () => {
  test("is cancelled by `discard`, unless it was read before", async () => {
    const { state, open } = responseOf(["abc"]);
    await open().discard();
    assert.equal(state.cancelled, true);
    const wasRead = responseOf(["abc"]);
    const response = wasRead.open();
    await response.bytes(100);
    await response.discard();
    assert.equal(wasRead.state.cancelled, false);
  });

  test("is cancelled if its length is ambiguous", () => {
    const headers = { "content-length": "3", "transfer-encoding": "chunked" };
    const { state, open } = responseOf(["abc"], { headers });
    assert.throws(open, (error) => {
      assert.ok(error instanceof PosyError, String(error));
      assert.equal(error.message, `\`${url}\` answers with two lengths for one body`);
      return true;
    });
    assert.equal(state.cancelled, true);
  });

  test("may have either header alone", () => {
    for (const headers of [{ "content-length": "3" }, { "transfer-encoding": "chunked" }]) {
      assert.equal(responseOf(["abc"], { headers }).open().status, 200);
    }
  });
});
