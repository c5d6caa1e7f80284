import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Brief, PrereleaseMode } from "../../src/model/brief.ts";
import { platformDefaults } from "../../src/pythons/compatibility/platform-defaults.ts";
import type { Machine } from "../../src/system/machine/machine.ts";
import type { PlatformName } from "../../src/vocab/tags/platform-name.ts";
import { runPosy } from "../../test/support/posy.ts";

/** Versions by package name, or the error. */
export type Answer = ReadonlyMap<string, string> | string;

export interface UvQuestion {
  readonly uv: string;
  /** The path of the interpreter that uv runs and builds with. */
  readonly interpreter: string;
  /** The Python version to resolve for. */
  readonly python: string;
  /** The platform, by uv's name. */
  readonly platform: string;
  readonly requirements: readonly string[];
  readonly constraints?: readonly string[];
  readonly prefer?: Brief["prefer"];
  readonly prerelease?: PrereleaseMode;
  readonly onlyWheels: boolean;
  /** The `--exclude-newer` date, ISO 8601. */
  readonly excludeNewer: string;
  readonly environment: Record<string, string>;
  /** A folder for its input files. */
  readonly folder: string;
}

/** Returns uv and the interpreter of its environment. Posy fetches uv unless the UV variable names one. */
export async function bringUv(
  environment: Record<string, string>,
): Promise<{ readonly uv: string; readonly python: string }> {
  const code = "import sys, uv; print(uv.find_uv_bin()); print(sys.executable)";
  const run = await runPosy(["run", "--no-project", "--with", "uv==0.13.9", "--", "python", "-c", code], {
    env: environment,
    timeout: 300_000,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  const [uv = "", python = ""] = run.stdout.split("\n");
  return { uv: process.env["UV"] ?? uv, python };
}

/**
 * Returns the pins of `uv pip compile`, or its message if there is no solution. Throws if it fails for another reason.
 */
export function askUv(question: UvQuestion): Answer {
  const constraints = join(question.folder, "constraints.txt");
  writeFileSync(constraints, (question.constraints ?? []).join("\n"));
  const target = ["--python", question.interpreter, "--python-version", question.python];
  const place = ["--python-platform", question.platform, "--exclude-newer", question.excludeNewer];
  const policy = [
    ...(question.onlyWheels ? ["--only-binary=:all:"] : []),
    `--resolution=${question.prefer ?? "highest"}`,
    `--prerelease=${question.prerelease ?? "if-necessary"}`,
  ];
  const plain = ["--quiet", "--no-header", "--no-annotate"];
  const run = Bun.spawnSync(
    [
      question.uv,
      "pip",
      "compile",
      ...plain,
      ...target,
      ...place,
      ...policy,
      "--constraints",
      constraints,
      "-",
    ],
    {
      env: question.environment,
      cwd: question.folder,
      stdin: Buffer.from(question.requirements.join("\n")),
      stdout: "pipe",
      stderr: "pipe",
    },
  );
  if (run.exitCode === 1) return run.stderr.toString();
  if (run.exitCode !== 0) throw new Error(`uv ended with ${run.exitCode}: ${run.stderr.toString()}`);
  const pins = run.stdout.toString().matchAll(/^([\w.-]+)(?:\[.*\])?==(\S+)/gm);
  return new Map([...pins].map(([, name = "", version = ""]) => [name, version]));
}

/**
 * Returns uv's name of a platform, such as `x86_64-manylinux_2_28`, with the C library that Posy assumes, or
 * `machine`'s.
 */
export function uvsPlatform(platform: PlatformName, machine?: Machine): string {
  const own = platform === machine?.platform ? machine.platformTags[0] : undefined;
  const glibc = /^(manylinux_\d+_\d+)_(.*)/.exec(own ?? platformDefaults[platform].platformTag);
  if (glibc) return `${glibc[2]}-${glibc[1]}`;
  const musl = /^linux-(\w+)-musl$/.exec(platform);
  if (musl) return `${musl[1]}-unknown-linux-musl`;
  if (platform.startsWith("macos"))
    return `${platform === "macos-arm64" ? "aarch64" : "x86_64"}-apple-darwin`;
  return "x86_64-pc-windows-msvc";
}
