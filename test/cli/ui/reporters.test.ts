import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatSize } from "../../../src/cli/ui/format-size.ts";
import { nameOfFile } from "../../../src/cli/ui/console/name-of-file.ts";
import { choosePaint, plainPaint } from "../../../src/cli/ui/console/paint.ts";
import { advance, nothingYet } from "../../../src/cli/ui/console/progress-state.ts";
import { renderProgress } from "../../../src/cli/ui/console/render-progress.ts";
import {
  type ConsoleReporter,
  plainReporter,
  terminalReporter,
} from "../../../src/cli/ui/console/reporters.ts";
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
  { title: "that a resolve runs", events: [start("resolve")], shows: ["resolving"] },
  { title: "nothing after resolving", events: [start("resolve"), end("resolve")], shows: [] },
  {
    title: "one of two downloads, with its own size, and the speed of both",
    events: [
      fetched("a.whl", 0, 4_000_000),
      fetched("b.whl", 1_000_000, 6_000_000),
      fetched("a.whl", 2_000_000, 4_000_000),
    ],
    shows: ["fetching   a.whl  2.0 MB of 4.0 MB  and 1 more  1.5 MB/s"],
  },
  {
    title: "a download of unknown size",
    events: [fetched("a.whl", 500)],
    shows: ["fetching   a.whl  500 B"],
  },
  {
    title: "nothing after all downloads",
    events: [fetched("a.whl", 1, 2), fetched("a.whl", 2, 2)],
    shows: [],
  },
  {
    title: "the Python and the package of a download, not its file name",
    events: [fetched("cpython-3.14.3-1.5.13-linux-x86_64.jar", 1_000_000, 30_000_000)],
    shows: ["fetching   Python 3.14.3  1.0 MB of 30.0 MB"],
  },
  {
    title: "a number of wheels that does not grow while they are unpacked",
    events: [
      { kind: "stage", stage: "unpack", state: "start", count: 12 },
      unpacked("a-1.0-py3-none-any.whl", 1, 5),
    ],
    shows: ["unpacking  0 of 12  a 1.0"],
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
    const sandbox = surface();
    const reporter = plainReporter(sandbox);
    for (const event of [warning, start("resolve"), fetched("a", 1, 2), warning]) reporter.report(event);
    assert.deepEqual(sandbox.written, ["warning: look out\nhint: there\n"]);
  });

  test("the output of a build is only shown with `-v`, each line with the build's name", () => {
    const output: PosyEvent = {
      kind: "output",
      id: "numpy 2.0",
      text: "10%\r20%\n\n\u001b[31mred\u001b[0m\tdone\n",
    };
    const said = (["quiet", "normal", "verbose"] as const).map((loudness) => {
      const sandbox = surface(loudness);
      plainReporter(sandbox).report(output);
      return sandbox.written.join("");
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
      const sandbox = surface(loudness);
      const reporter = plainReporter(sandbox);
      reporter.report(warning);
      reporter.report(debug);
      assert.equal(sandbox.written.join(""), said);
    }
  });

  test("a few warnings of each kind are shown, and the number of the others at the end", () => {
    const flood = (reporter: ConsoleReporter) => {
      for (let number = 0; number < 30_000; number++) {
        reporter.report({
          kind: "warning",
          message: `\`file-${number}.whl\` is skipped: bad name ${number}`,
        });
      }
      reporter.report(warning);
      reporter.finish();
      reporter.finish();
    };
    for (const open of [plainReporter, terminalReporter]) {
      const sandbox = surface();
      flood(open(sandbox));
      const text = sandbox.written.join("");
      assert.deepEqual(text.match(/^warning: .*(?=\n)/gm)?.slice(-3), [
        "warning: `file-4.whl` is skipped: bad name 4",
        "warning: look out",
        "warning: 29995 more warnings like this: `file-5.whl` is skipped: bad name 5",
      ]);
      assert.equal(text.match(/^warning:/gm)?.length, 7);
    }
    const verbose = surface("verbose");
    flood(plainReporter(verbose));
    assert.equal(verbose.written.length, 30_001);
    const quiet = surface("quiet");
    flood(plainReporter(quiet));
    assert.deepEqual(quiet.written, []);
  });

  test("the number of warnings of different kinds and the length of each are limited", () => {
    const sandbox = surface();
    const reporter = plainReporter(sandbox);
    for (let number = 0; number < 1000; number++) {
      const word = String(number)
        .split("")
        .map((digit) => "abcdefghij"[Number(digit)])
        .join("");
      reporter.report({ kind: "warning", message: `problem ${word}` });
    }
    reporter.finish();
    assert.equal(sandbox.written.length, 51);
    assert.match(sandbox.written.at(-1) ?? "", /^warning: 950 more warnings like this: problem fa\n/);
    const long = surface();
    plainReporter(long).report({ kind: "warning", message: "x".repeat(1_600_000) });
    assert.ok((long.written[0] ?? "").length < 2200);
  });

  test("the terminal reporter redraws the block, removes it at the end, and prints nothing afterwards", () => {
    const sandbox = surface();
    const reporter = terminalReporter(sandbox);
    reporter.report(start("resolve"));
    assert.deepEqual(sandbox.written, [], "short work is not shown");
    sandbox.tick(200);
    reporter.report(fetched("a.whl", 1, 2));
    sandbox.tick(100);
    reporter.report(fetched("a.whl", 1, 2));
    const again = sandbox.written.at(-1) ?? "";
    assert.ok(again.startsWith("\u001b[2A\r\u001b[J"), JSON.stringify(again));
    reporter.finish();
    assert.equal(sandbox.written.at(-1), "\u001b[2A\r\u001b[J");
    const count = sandbox.written.length;
    reporter.report(warning);
    reporter.finish();
    assert.equal(sandbox.written.length, count);
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

test("files are named by their Python or package", () => {
  const names = {
    "cpython-3.14.3-1.5.13-linux-x86_64.jar": "Python 3.14.3",
    "cpython-3.13.5+20250612-x86_64-unknown-linux-gnu-install_only_stripped.tar.gz": "Python 3.13.5",
    "cpython-3.13.0rc2+20240909-x86_64-unknown-linux-gnu-freethreaded-install_only.tar.gz":
      "Python 3.13.0rc2",
    "cpython_freethreaded-3.13.5-manylinux_2_17_x86_64.pybi": "Python 3.13.5",
    "pypy-3.10.14-7.3.17-manylinux_2_17_x86_64.pybi": "PyPy 3.10.14",
    "numpy-2.5.5-cp314-cp314-manylinux_2_27_x86_64.whl": "numpy 2.5.5",
    "typing_extensions-4.16.0-py3-none-any.whl": "typing-extensions 4.16.0",
    "ruamel.yaml-0.18.tar.gz": "ruamel.yaml 0.18",
    "python-dateutil-2.9.0.zip": "python-dateutil 2.9.0",
    "https://example.org/archive/main.zip": "https://example.org/archive/main.zip",
    SHA256SUMS: "SHA256SUMS",
  };
  for (const [filename, name] of Object.entries(names)) assert.equal(nameOfFile(filename), name);
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
