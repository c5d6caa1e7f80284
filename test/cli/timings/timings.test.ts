import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inOrder, placeArguments } from "../../../src/cli/args/place-arguments.ts";
import { commandOf, takeTimings } from "../../../src/cli/timings/own-timings.ts";
import { recordTimings } from "../../../src/cli/timings/record-timings.ts";
import { type ProcessFacts, renderTimings } from "../../../src/cli/timings/render-timings.ts";
import { summarizeTimings } from "../../../src/cli/timings/summarize-timings.ts";
import { formatTrace } from "../../../src/cli/timings/trace-events.ts";

const words = (text: string) => text.split(" ").filter((word) => word !== "");

/** The typed command line → the command line that is left, and the values of `--timings`. */
const lines: readonly (readonly [typed: string, left: string, ...values: (string | undefined)[]])[] = [
  ["lock", "lock"],
  ["lock --timings", "lock", undefined],
  ["--timings lock --check", "lock --check", undefined],
  ["python --timings list", "python list", undefined],
  ["lock --timings=t.json -v", "lock -v", "t.json"],
  ["--timings=a=b lock --timings", "lock", "a=b", undefined],
  ["lock --timings=", "lock", ""],
  ["add --timings numpy", "add numpy", undefined],
  ["build -- --timings", "build -- --timings"],
  ["run --timings python --timings", "run python --timings", undefined],
  ["run -m build --timings", "run -m build --timings"],
  ["run python --timings=x", "run python --timings=x"],
  ["run --with --timings python", "run --with --timings python"],
  ["run --with numpy --timings python", "run --with numpy python", undefined],
  ["tool run --timings ruff --timings", "tool run ruff --timings", undefined],
  ["test --timings", "test --timings"],
  ["--timings test --timings", "test --timings", undefined],
  ["--timings", "", undefined],
  ["--timings --version", "--version", undefined],
  ["lock --timingsx", "lock --timingsx"],
];

describe("takeTimings", () => {
  for (const [typed, left, ...expected] of lines) {
    test(`reads posy ${typed}`, () => {
      const { placed, values } = takeTimings(placeArguments(words(typed)));
      assert.deepEqual([inOrder(placed), values], [words(left), expected]);
    });
  }
});

test("commandOf names the command without arguments and without the name of a project's command", () => {
  const names = [["lock"], ["cache", "clean"], ["python"], ["secret-task"], []].map(commandOf);
  assert.deepEqual(names, ["posy lock", "posy cache clean", "posy python", "posy", "posy"]);
});

const facts: ProcessFacts = {
  command: "posy lock",
  version: "1",
  platform: "linux x64",
  end: 100,
  user: 80,
  system: 5.25,
  memory: 50_000_000,
};

/** Records a resolve of two pages that load at the same time, and a request that never ends. */
async function record() {
  let clock = 10;
  const recording = recordTimings(() => clock);
  const at = (time: number) => {
    clock = time;
  };
  const until = (time: number) => async () => {
    await new Promise((settle) => setImmediate(settle));
    at(time);
  };
  await recording.measure("resolve", undefined, async () => {
    at(20);
    const first = recording.measure("index page", "six", until(40));
    at(30);
    const second = recording.measure("index page", "trio", async () => {
      await recording.measure("request", "example.org/simple/trio/", async (notes) => {
        await until(60)();
        Object.assign(notes, { "milliseconds waited": 12, status: 200, bytes: 1500 });
      });
    });
    await Promise.all([first, second]);
    at(70);
  });
  void recording.measure("request", "example.org/simple/six/", () => new Promise(() => {}));
  recording.count("bytes received", 1500);
  recording.count("versions tried");
  recording.count("versions tried", 2);
  return recording;
}

describe("timings", () => {
  test("sum up work of one phase without counting the same moment twice", async () => {
    const { spans } = await record();
    const [start, resolve, request] = summarizeTimings(spans, 100);
    assert.deepEqual([start?.phase, start?.time], ["start", 10]);
    assert.deepEqual([resolve?.phase, resolve?.time, resolve?.count], ["resolve", 60, 1]);
    const [page] = resolve?.parts ?? [];
    // The first page was loaded from 20 to 40, the second from 30 to 60.
    assert.deepEqual([page?.phase, page?.time, page?.count], ["index page", 40, 2]);
    assert.deepEqual(
      page?.parts.map(({ phase, time }) => [phase, time]),
      [["request", 30]],
    );
    assert.deepEqual([request?.phase, request?.time], ["request", 30]);
  });

  test("are a table with nested phases, counts and the slowest work", async () => {
    assert.equal(
      renderTimings(await record(), facts),
      `timings of \`posy lock\` (posy 1, linux x64)

phase           time  share  count
start          10 ms   10 %      1
resolve        60 ms   60 %      1
  index page   40 ms   40 %      2
    request    30 ms   30 %      1
request        30 ms   30 %      1
other         0.0 ms    0 %
total         100 ms  100 %

processor: 80 ms in Posy, 5.3 ms in the system
memory: 50.0 MB at most
network: 2 requests, 1.5 kB received, 0.0 ms waited for a connection
cache: 0 index pages, 0 metadata, 0 files
solver: 3 versions tried, 0 conflicts

slowest requests:
    30 ms  example.org/simple/trio/  waited 12 ms before, status 200, 1.5 kB
    30 ms  example.org/simple/six/  not finished

slowest other work:
    30 ms  index page  trio
    20 ms  index page  six
`,
    );
  });

  test("shorten long paths of requests", async () => {
    const recording = recordTimings(() => 1);
    const url = `files.example.org/packages/${"ab/".repeat(30)}six-1.17.0-py2.py3-none-any.whl`;
    await recording.measure("request", url, () => Promise.resolve());
    assert.match(
      renderTimings(recording, facts),
      / {2}files\.example\.org\/…\/six-1\.17\.0-py2\.py3-none-any\.whl$/m,
    );
  });

  test("as a trace are complete events in microseconds, and events of one lane do not overlap", async () => {
    const trace = JSON.parse(formatTrace(await record(), facts, 7)) as {
      traceEvents: { name: string; ph: string; ts: number; dur: number; tid: number; args: object }[];
      otherData: object;
    };
    const events = trace.traceEvents.filter(({ ph }) => ph === "X");
    assert.deepEqual(
      events.map(({ name, ts, dur, tid }) => [name, ts, dur, tid]),
      [
        ["start", 0, 10_000, 1],
        ["resolve", 10_000, 60_000, 1],
        ["index page: six", 20_000, 20_000, 1],
        ["index page: trio", 30_000, 30_000, 2],
        ["request: example.org/simple/trio/", 30_000, 30_000, 2],
        ["request: example.org/simple/six/", 70_000, 30_000, 1],
      ],
    );
    assert.deepEqual(events.at(-2)?.args, { "milliseconds waited": 12, status: 200, bytes: 1500 });
    assert.deepEqual(events.at(-1)?.args, { unfinished: true });
    const lanes = trace.traceEvents.filter(({ ph }) => ph === "M");
    assert.deepEqual(
      lanes.map(({ tid, args }) => [tid, args]),
      [
        [1, { name: "lane 1" }],
        [2, { name: "lane 2" }],
      ],
    );
  });

  test("end work that fails, and pass the error on", async () => {
    const recording = recordTimings(() => 5);
    await assert.rejects(
      recording.measure("solve", "linux-x86_64", () => Promise.reject(new Error("no"))),
      { message: "no" },
    );
    assert.equal(recording.spans[1]?.end, 5);
  });
});
