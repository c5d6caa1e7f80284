import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatSize } from "../../../src/cli/ui/format-size.ts";
import { choosePaint, plainPaint } from "../../../src/cli/ui/console/paint.ts";
import { advance, nothingYet } from "../../../src/cli/ui/console/progress-state.ts";
import { renderProgress } from "../../../src/cli/ui/console/render-progress.ts";
import { plainReporter, terminalReporter } from "../../../src/cli/ui/console/reporters.ts";
import type { PosyEvent } from "../../../src/report/reporter.ts";

const start = (stage: "resolve" | "unpack"): PosyEvent => ({ kind: "stage", stage, state: "start" });
const end = (stage: "resolve" | "unpack"): PosyEvent => ({ kind: "stage", stage, state: "end" });
const fetched = (id: string, done: number, total?: number): PosyEvent => ({
  kind: "progress",
  stage: "fetch",
  id,
  done,
  total,
  finished: done === total,
});
const unpacked = (id: string, done: number, total: number): PosyEvent => ({
  kind: "progress",
  stage: "unpack",
  id,
  done,
  total,
  finished: done === total,
});

const building = (id: string, done: number, finished = false): PosyEvent => ({
  kind: "progress",
  stage: "build",
  id,
  done,
  finished,
});

/** Events at intervals of a second, and the status block after the last. */
const blocks: readonly { title: string; events: readonly PosyEvent[]; shows: readonly string[] }[] = [
  { title: "nothing without events", events: [], shows: [] },
  { title: "that resolving runs", events: [start("resolve")], shows: ["resolving"] },
  { title: "nothing after resolving", events: [start("resolve"), end("resolve")], shows: [] },
  {
    title: "the total and the speed of two downloads",
    events: [
      fetched("a.whl", 0, 4_000_000),
      fetched("b.whl", 1_000_000, 6_000_000),
      fetched("a.whl", 2_000_000, 4_000_000),
    ],
    shows: ["fetching   3.0 MB of 10.0 MB  1.5 MB/s  a.whl and 1 more"],
  },
  {
    title: "a download of unknown size",
    events: [fetched("a.whl", 500)],
    shows: ["fetching   500 B  a.whl"],
  },
  {
    title: "nothing after all downloads",
    events: [fetched("a.whl", 1, 2), fetched("a.whl", 2, 2)],
    shows: [],
  },
  {
    title: "the number of unpacked wheels",
    events: [start("unpack"), unpacked("a.whl", 5, 5), unpacked("b.whl", 1, 5)],
    shows: ["unpacking  1 of 2  b.whl"],
  },
  {
    title: "a build that has just started",
    events: [building("numpy 2.0", 0)],
    shows: ["building   numpy 2.0"],
  },
  {
    title: "the longest of several builds",
    events: [building("a 1", 3, true), building("b 1", 5), building("c 1", 72)],
    shows: ["building   c 1  1 min 12 s  and 1 more"],
  },
  { title: "nothing after all builds", events: [building("a 1", 3), building("a 1", 3, true)], shows: [] },
];

describe("the status block shows", () => {
  for (const { title, events, shows } of blocks) {
    test(title, () => {
      const state = events.reduce(
        (before, event, second) => advance(before, event, second * 1000),
        nothingYet,
      );
      const now = (events.length - 1) * 1000;
      const lines = renderProgress(state, { now, width: 80, paint: plainPaint });
      assert.deepEqual(
        lines.map((line) => line.slice(2)),
        shows,
      );
    });
  }

  test("lines that are not wider than the terminal", () => {
    const state = advance(nothingYet, fetched("x".repeat(200), 1, 2), 0);
    const [line = ""] = renderProgress(state, { now: 0, width: 40, paint: plainPaint });
    assert.equal(line.length, 40);
  });
});

function surface(loudness: "quiet" | "normal" | "verbose" = "normal") {
  const written: string[] = [];
  let now = 0;
  return {
    written,
    tick: (milliseconds: number) => void (now += milliseconds),
    paint: plainPaint,
    loudness,
    write: (text: string) => void written.push(text),
    now: () => now,
    width: () => 80,
  };
}

const warning: PosyEvent = { kind: "warning", message: "look out", hint: "there", key: "k" };

describe("reporters", () => {
  test("the plain reporter prints a warning once and no progress", () => {
    const place = surface();
    const reporter = plainReporter(place);
    for (const event of [warning, start("resolve"), fetched("a", 1, 2), warning]) reporter.report(event);
    assert.deepEqual(place.written, ["warning: look out\nhint: there\n"]);
  });

  test("the output of a build is only shown with `-v`, each line with the build's name", () => {
    const output: PosyEvent = {
      kind: "output",
      id: "numpy 2.0",
      text: "10%\r20%\n\n\u001b[31mred\u001b[0m\tdone\n",
    };
    const said = (["quiet", "normal", "verbose"] as const).map((loudness) => {
      const place = surface(loudness);
      plainReporter(place).report(output);
      return place.written.join("");
    });
    assert.deepEqual(said, [
      "",
      "",
      "numpy 2.0: 10%\nnumpy 2.0: 20%\n\nnumpy 2.0: \\u{1b}[31mred\\u{1b}[0m    done\n",
    ]);
  });

  test("warnings are hidden by `-q`, and debug messages are shown with `-v`", () => {
    const debug: PosyEvent = { kind: "debug", message: "detail" };
    for (const [loudness, said] of [
      ["quiet", ""],
      ["normal", "warning: look out\nhint: there\n"],
      ["verbose", "warning: look out\nhint: there\ndebug: detail\n"],
    ] as const) {
      const place = surface(loudness);
      const reporter = plainReporter(place);
      reporter.report(warning);
      reporter.report(debug);
      assert.equal(place.written.join(""), said);
    }
  });

  test("the terminal reporter redraws the block, removes it at the end, and prints nothing afterwards", () => {
    const place = surface();
    const reporter = terminalReporter(place);
    reporter.report(start("resolve"));
    assert.deepEqual(place.written, [], "short work is not shown");
    place.tick(200);
    reporter.report(fetched("a.whl", 1, 2));
    place.tick(100);
    reporter.report(fetched("a.whl", 1, 2));
    const again = place.written.at(-1) ?? "";
    assert.ok(again.startsWith("\u001b[2A\r\u001b[J"), JSON.stringify(again));
    reporter.finish();
    assert.equal(place.written.at(-1), "\u001b[2A\r\u001b[J");
    const count = place.written.length;
    reporter.report(warning);
    reporter.finish();
    assert.equal(place.written.length, count);
  });
});

test("colours follow the mode, then variables, then the terminal", () => {
  const colored = (mode: "auto" | "always" | "never", env: NodeJS.ProcessEnv, terminal: boolean) =>
    choosePaint(mode, env, terminal).error("x") !== "x";
  assert.ok(colored("auto", {}, true));
  assert.ok(!colored("auto", {}, false));
  assert.ok(!colored("auto", { NO_COLOR: "1" }, true));
  assert.ok(!colored("auto", { TERM: "dumb" }, true));
  assert.ok(colored("auto", { FORCE_COLOR: "1" }, false));
  assert.ok(colored("always", { NO_COLOR: "1" }, false));
  assert.ok(!colored("never", { FORCE_COLOR: "1" }, true));
});

test("sizes are formatted in powers of 1000", () => {
  const sizes = [0, 999, 1000, 999_499, 999_500, 14_200_000, 99_949_999, 123_000_000, 5e9];
  assert.deepEqual(sizes.map(formatSize), [
    "0 B",
    "999 B",
    "1.0 kB",
    "999 kB",
    "1.0 MB",
    "14.2 MB",
    "99.9 MB",
    "123 MB",
    "5.0 GB",
  ]);
});
