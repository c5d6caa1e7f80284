import { arch, homedir, release } from "node:os";
import { join } from "node:path";
import { fingerprintOrNone } from "../../system/fs/fingerprint.ts";
import type { Home } from "../../system/fs/index.ts";
import { quickSha256 } from "../../system/fs/sha256-sync.ts";
import type { LockMemoPlace } from "./lock-entry.ts";
import { version } from "../../version.ts";
import { invocationKey } from "./invocation-key.ts";

/** The file of the memo of a `posy run`, undefined where nothing is to be remembered. */
export function memoPath(
  own: readonly string[],
  home: Home,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  return pathOf(identityHere(own, environment), home);
}

/** What wants more than is remembered: newer versions, data, every step told; and colours, which there are seldom any of. */
const asksForMore = /^(--upgrade(-package)?(=.*)?|--json|--verbose|-\w*v\w*|--color(=.*)?)$/;

/** That of a `posy lock`, and the identity that it is to have: one for each folder, however often the project changes. */
export function lockMemoPlace(
  args: readonly string[],
  home: Home,
  environment: NodeJS.ProcessEnv,
): LockMemoPlace | undefined {
  if (args.some((arg) => asksForMore.test(arg))) return undefined;
  const whole = identityHere(args, environment);
  const identity = whole && quickSha256(whole);
  const path = pathOf(JSON.stringify(["lock", args, process.cwd()]), home);
  return path && identity ? { path, identity } : undefined;
}

function identityHere(own: readonly string[], environment: NodeJS.ProcessEnv): string | undefined {
  return invocationKey(own, {
    environment,
    cwd: process.cwd(),
    platform: process.platform,
    machine: `${process.platform} ${arch()} ${release()}`,
    user: environment["HOME"] || environment["USERPROFILE"] || homedir(),
    version,
    fingerprint: fingerprintOrNone,
  });
}

function pathOf(identity: string | undefined, home: Home): string | undefined {
  const key = identity === undefined ? undefined : quickSha256(identity);
  return key === undefined ? undefined : join(home.briefs, key);
}
