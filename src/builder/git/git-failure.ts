import { PosyError } from "../../errors/posy-error.ts";
import type { Captured } from "../../system/process/index.ts";
import type { Remote } from "./run-git.ts";

/** What git said when it failed, in words of ours: `doing` is what was tried ("fetching `main`"). `offline`: it was not let out. */
export function gitFailure(said: Captured, doing: string, remote: Remote, offline = false): PosyError {
  const place = `\`${remote.url}\``;
  const host = /^[a-z]+:\/\/(?:[^/@]*@)?([^/:]+)/i.exec(remote.url)?.[1] ?? "the host";
  const words = lastWords(said);
  const make = (code: ConstructorParameters<typeof PosyError>[0], what: string, hint: string) =>
    new PosyError(code, what, { hint, cause: new Error(words) });
  const text = said.stderr;
  if (offline && /transport '[^']*' not allowed/.test(text)) {
    return make("offline", `${doing} of ${place} needs the network`, "run it once without `--offline`");
  }
  if (/transport '([^']*)' not allowed/.test(text)) {
    const way = /transport '([^']*)' not allowed/.exec(text)?.[1] ?? "";
    return make(
      "git-failed",
      `${doing} of ${place} would go by \`${way}\`, which is not allowed`,
      "a repository from elsewhere may not lead into this disk, and nowhere may programs be started; GIT_ALLOW_PROTOCOL narrows it further",
    );
  }
  if (/not our ref|couldn't find remote ref|unadvertised object|no such remote ref/i.test(text)) {
    return make(
      "unknown-revision",
      `${doing} of ${place} failed: it has nothing of that name`,
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
      `\`${host}\` takes none of the keys that ssh offers for ${place}`,
      "load the key (`ssh-add`), and see that the host knows it",
    );
  }
  if (
    /could not read (Username|Password)|terminal prompts disabled|Authentication failed|error: 40[13]\b|HTTP 40[13]/i.test(
      text,
    )
  ) {
    return make(
      "authentication",
      `${place} is private, or there is no such repository`,
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
      `there is no repository at ${place}`,
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
      `${doing} of ${place} failed: ${words}`,
      "check the connection and the address, and try again",
    );
  }
  return make("git-failed", `${doing} of ${place} failed: ${words}`, "try it by hand with `git clone`");
}

/** Its last line with something to say, without git's own words for how bad it is. */
function lastWords({ stderr, signal }: Captured): string {
  const lines = stderr
    .split(/[\r\n]+/)
    .filter((line) => /^(fatal|error|remote|ssh|git-lfs)?:? *\S/.test(line));
  const said = lines.find((line) => /^(fatal|error):/.test(line)) ?? lines.at(-1);
  if (said === undefined) return signal === null ? "git said nothing" : `git was ended by ${signal}`;
  return said.replace(/^(fatal|error): /, "").slice(0, 400);
}
