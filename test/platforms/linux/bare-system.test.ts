import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { releaseTargets } from "../../../scripts/release/targets.ts";
import { writeRelease } from "../../../scripts/release/write-release.ts";
import { removeFolder } from "../../support/remove-folder.ts";
import { bareRoot, connectRoot } from "../support/bare-root.ts";
import { runInRoot } from "../support/chroot.ts";
import { certificates, withoutTools } from "../support/tools.ts";

const skip = withoutTools("debootstrap", ["debootstrap", "apt-get", "unshare", "chroot"]);

/** The first command of the README, for a Posy that is in the PATH. */
function firstCommand(): string {
  const command = /^\$ \.\/(posy run .*)$/m.exec(readFileSync("README.md", "utf8"))?.[1];
  assert.ok(command, "README.md has no first command");
  return command;
}

describe("a bare Debian that has only what install.sh installed", { skip }, () => {
  let root: string;
  let variables: Record<string, string>;
  before(async () => {
    root = bareRoot();
    variables = connectRoot(root);
    removeFolder(join(root, "root"));
    await writeRelease(
      join(root, "release"),
      releaseTargets.filter(({ platform }) => platform === "linux-x86_64"),
      "",
    );
    const { status, stderr } = runInRoot(root, ["sh", "/release/install.sh", "--no-modify-path"]);
    assert.equal(status, 0, stderr);
    rmSync(join(root, "release"), { recursive: true });
  });
  after(() => {
    if (root !== undefined) for (const name of ["root", "release"]) removeFolder(join(root, name));
  });
  const path = { PATH: "/root/.local/bin:/usr/bin:/bin" };

  test("has the program and its completions, and nothing else", () => {
    assert.deepEqual(readdirSync(join(root, "root"), { recursive: true, encoding: "utf8" }).sort(), [
      ".local",
      ".local/bin",
      ".local/bin/posy",
      ".local/share",
      ".local/share/bash-completion",
      ".local/share/bash-completion/completions",
      ".local/share/bash-completion/completions/posy",
    ]);
  });

  test("runs the README's first command, with a Python that Posy fetches", () => {
    const run = runInRoot(root, ["sh", "-c", firstCommand()], { ...variables, ...path });
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stdout, /^\d+\.\d+/);
  });

  test("gets a clear error if the server's certificate is not trusted", {
    skip: certificates === undefined,
  }, () => {
    const { SSL_CERT_FILE: _certificates, ...withoutCertificates } = variables;
    const run = runInRoot(root, ["sh", "-c", "posy resolve six --refresh"], {
      ...withoutCertificates,
      ...path,
    });
    assert.notEqual(run.status, 0);
    assert.match(run.stderr, /^error: .* its certificate is not trusted .*\nhint: .*`SSL_CERT_FILE`/m);
  });
});
