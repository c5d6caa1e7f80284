import { join } from "node:path";
import { uvsPlatform } from "../agreement/ask-uv.ts";
import type { PlatformName } from "../../src/vocab/tags/platform-name.ts";

export interface ReadQuestion {
  readonly uv: string;
  /** The path of the `pylock.toml`. */
  readonly folder: string;
  readonly interpreter: string;
  readonly python: string;
  readonly platform: PlatformName;
  readonly environment: Record<string, string>;
}

/**
 * Returns what uv would install from a lock for a target. uv evaluates markers and tags itself, and fetches nothing.
 */
export function readByUv(question: ReadQuestion): ReadonlyMap<string, string> {
  const { uv, folder, interpreter, python, platform, environment } = question;
  const target = [
    "--python",
    interpreter,
    "--python-version",
    python,
    "--python-platform",
    uvsPlatform(platform),
  ];
  const run = Bun.spawnSync(
    [
      uv,
      "pip",
      "sync",
      "--preview",
      "--dry-run",
      ...target,
      "--target",
      join(folder, "nowhere"),
      "pylock.toml",
    ],
    { cwd: folder, env: environment, stdout: "pipe", stderr: "pipe" },
  );
  const said = run.stderr.toString();
  if (run.exitCode !== 0) throw new Error(`uv ended with ${run.exitCode}: ${said}`);
  const pins = said.matchAll(/^ \+ ([\w.-]+)==(\S+)/gm);
  return new Map([...pins].map(([, name = "", version = ""]) => [name, version]));
}
