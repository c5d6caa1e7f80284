import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Variables for git that exclude the settings of the machine and of the user, and fix the author and the date. */
export const gitEnvironment: NodeJS.ProcessEnv = {
  PATH: process.env["PATH"],
  HOME: "/nonexistent",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "A",
  GIT_AUTHOR_EMAIL: "a@example.org",
  GIT_COMMITTER_NAME: "A",
  GIT_COMMITTER_EMAIL: "a@example.org",
  GIT_AUTHOR_DATE: "2024-01-02T03:04:05Z",
  GIT_COMMITTER_DATE: "2024-01-02T03:04:05Z",
  GIT_ALLOW_PROTOCOL: "file:http",
};

/** The content of a file, or the target of a link. */
export type Content = string | { readonly link: string };

export interface GitRepository {
  /** The folder that contains `.git`. A server serves it under the name of the folder. */
  readonly path: string;
  git(...args: readonly string[]): string;
  /** Writes files, commits all changes, and returns the commit id. */
  commit(files?: Readonly<Record<string, Content>>): string;
}

/** Makes a git repository with the branch `main`. It allows partial clones and fetching any commit, as forges do. */
export function newRepository(path: string): GitRepository {
  mkdirSync(path, { recursive: true });
  const git = (...args: readonly string[]): string => {
    const done = spawnSync("git", ["-C", path, ...args], { env: gitEnvironment, encoding: "utf8" });
    if (done.status !== 0) throw new Error(`git ${args.join(" ")}: ${done.stderr}`);
    return done.stdout.trim();
  };
  git("init", "--quiet", "--initial-branch=main");
  for (const name of ["allowFilter", "allowAnySHA1InWant"]) git("config", `uploadpack.${name}`, "true");
  const commit: GitRepository["commit"] = (files = {}) => {
    for (const [name, content] of Object.entries(files)) {
      const target = join(path, name);
      mkdirSync(dirname(target), { recursive: true });
      if (typeof content === "string") writeFileSync(target, content);
      else symlinkSync(content.link, target);
    }
    git("add", "--all");
    git("commit", "--quiet", "--allow-empty", "--message=x");
    return git("rev-parse", "HEAD");
  };
  return { path, git, commit };
}
