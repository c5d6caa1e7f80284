import { PosyError } from "../../errors/posy-error.ts";
import type { Captured } from "../../system/process/index.ts";
import type { Remote } from "./run-git.ts";

/**
 * Returns the error for a failed call of git. `doing` is the action that failed ("fetching `main`"). `offline` says
 * that the network was forbidden.
 */
export function gitFailure(result: Captured, doing: string, remote: Remote, offline = false): PosyError {
  const shownUrl = `\`${remote.url}\``;
  const host = /^[a-z]+:\/\/(?:[^/@]*@)?([^/:]+)/i.exec(remote.url)?.[1] ?? "the host";
  const reason = reasonOf(result);
  const make = (code: ConstructorParameters<typeof PosyError>[0], what: string, hint: string) =>
    new PosyError(code, what, { hint, cause: new Error(reason) });
  const text = result.stderr;
  if (offline && /transport '[^']*' not allowed/.test(text)) {
    return make("offline", `${doing} of ${shownUrl} needs the network`, "run it once without `--offline`");
  }
  if (/transport '([^']*)' not allowed/.test(text)) {
    const way = /transport '([^']*)' not allowed/.exec(text)?.[1] ?? "";
    return make(
      "git-failed",
      `${doing} of ${shownUrl} would use \`${way}\`, which is not allowed`,
      "a remote repository may not use files of this disk, and no repository may start programs; GIT_ALLOW_PROTOCOL restricts it further",
    );
  }
  if (/not our ref|couldn't find remote ref|unadvertised object|no such remote ref/i.test(text)) {
    return make(
      "unknown-revision",
      `${doing} of ${shownUrl} failed: the repository does not have it`,
      "check the name",
    );
  }
  if (/Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED/i.test(text)) {
    return make(
      "authentication",
      `the key of \`${host}\` is not one that ssh knows`,
      `connect once by hand (\`ssh -T ${/^ssh:\/\/([^/]*)/.exec(remote.url)?.[1] ?? host}\`) and compare its key with what the host publishes`,
    );
  }
  if (/Permission denied \(|Too many authentication failures|no mutual signature/i.test(text)) {
    return make(
      "authentication",
      `\`${host}\` accepts none of the keys that ssh offers for ${shownUrl}`,
      "load the key (`ssh-add`), and check that it is registered at the host",
    );
  }
  if (
    /could not read (Username|Password)|terminal prompts disabled|Authentication failed|error: 40[13]\b|HTTP 40[13]/i.test(
      text,
    )
  ) {
    return make(
      "authentication",
      `${shownUrl} is private, or there is no such repository`,
      "check the address; for a private one let git log in: a credential helper (`git config --global credential.helper …`), netrc, or `git+ssh://git@…`",
    );
  }
  if (
    /not found|does not appear to be a git repository|does not exist|No such file or directory|not exported|error: 404/i.test(
      text,
    )
  ) {
    return make(
      "not-found",
      `there is no repository at ${shownUrl}`,
      "check the address: it is the one that `git clone` takes",
    );
  }
  if (
    /unable to access|could ?n[o']t (resolve|connect)|Connection (refused|reset|timed out|closed)|timed out|early EOF|RPC failed|hung up|Could not read from remote/i.test(
      text,
    )
  ) {
    return make(
      "network",
      `${doing} of ${shownUrl} failed: ${reason}`,
      "check the connection and the address, and try again",
    );
  }
  return make("git-failed", `${doing} of ${shownUrl} failed: ${reason}`, "try it by hand with `git clone`");
}

/** Returns the first line that git marks as an error, else its last line, without the `fatal:`. */
function reasonOf({ stderr, signal }: Captured): string {
  const lines = stderr
    .split(/[\r\n]+/)
    .filter((text) => /^(fatal|error|remote|ssh|git-lfs)?:? *\S/.test(text));
  const line = lines.find((text) => /^(fatal|error):/.test(text)) ?? lines.at(-1);
  if (line === undefined) return signal === null ? "git said nothing" : `git was ended by ${signal}`;
  return line.replace(/^(fatal|error): /, "").slice(0, 400);
}
