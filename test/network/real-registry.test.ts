import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { patiently } from "../support/patiently.ts";
import { newSandbox } from "../support/posy.ts";
import { hasProgram, startDockerRegistry } from "../support/real-servers.ts";

const tools = ["docker-registry", "htpasswd", "skopeo", "umoci", "unshare"];
const missing = tools.filter((name) => !hasProgram(name));
const isRoot = process.getuid?.() === 0;
const skip =
  missing.length > 0 || !isRoot || process.platform !== "linux"
    ? `skipped: needs root and ${tools.join(", ")} (Debian: apt-get install docker-registry apache2-utils skopeo umoci)`
    : false;
// Bun does not print the reason of a skipped test.
if (skip) console.log(skip);

interface Manifest {
  readonly layers: readonly { readonly digest: string; readonly size: number }[];
}

/** Makes a root folder that has the C library of this machine, and nothing else. */
function makeRoot(root: string): void {
  const folder = `/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;
  const libraries = readdirSync(folder)
    .filter((name) => /^lib(c|m|dl|rt|util|pthread|gcc_s|z|stdc\+\+)\.so\.\d$/.test(name))
    .map((name) => join(folder, name));
  const loaders = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"].filter(existsSync);
  for (const path of [...libraries, ...loaders]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    copyFileSync(path, join(root, path));
  }
}

describe("images in a real docker-registry with a login", { skip }, () => {
  test("share layers, are sent once, and start in a chroot", async () => {
    using sandbox = await newSandbox();
    await using registry = await startDockerRegistry(join(sandbox.root, "registry"), { withLogin: true });
    const { host, dockerConfig } = registry;
    const env = { DOCKER_CONFIG: dockerConfig };
    const run = (program: string, ...args: readonly string[]) => {
      const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", cwd: sandbox.root });
      assert.equal(status, 0, `${program} ${args.join(" ")}\n${stdout}${stderr}`);
      return stdout;
    };
    const root = join(sandbox.root, "base-root");
    makeRoot(root);
    run("umoci", "init", "--layout", "base");
    run("umoci", "new", "--image", "base:12");
    run("umoci", "insert", "--image", "base:12", root, "/");
    const push = async (name: string, code: string, extra: string) => {
      const target = ["--push", `${host}/team/apps:${name}`, "--base", join(sandbox.root, "base:12")];
      const program = ["--python", "3.12", "--entry-point", `${name}=${code}`, "--app", name];
      const pushed = await patiently(sandbox, ["export", ...target, ...program, "numpy<2.3", extra], {
        env,
        timeout: 600_000,
      });
      assert.equal(pushed.status, 0, pushed.stderr);
      return pushed.stderr;
    };
    await push("first", "numpy:show_config", "six");
    const sent = await push("second", "numpy:show_runtime", "idna");
    assert.match(sent, /were there already/);
    const manifests = ["first", "second"].map((name) => {
      const auth = join(dockerConfig, "config.json");
      const where = `docker://${host}/team/apps:${name}`;
      const text = run("skopeo", "inspect", "--raw", "--tls-verify=false", "--authfile", auth, where);
      run("skopeo", "copy", "--src-tls-verify=false", "--src-authfile", auth, where, `oci:${name}:1`);
      return JSON.parse(text) as Manifest;
    });
    const [one, two] = manifests.map(({ layers }) => layers.map(({ digest }) => digest));
    const shared = two?.filter((digest) => one?.includes(digest)) ?? [];
    const largest = (layers: Manifest["layers"] = []) =>
      layers
        .toSorted((a, b) => b.size - a.size)
        .slice(0, 2)
        .map(({ digest }) => digest);
    for (const digest of largest(manifests[0]?.layers))
      assert.ok(shared.includes(digest), "numpy and Python");
    const before = registry.requests().length;
    const again = await push("first", "numpy:show_config", "six");
    assert.match(again, /: 0 B, .* were there already/);
    const writes = registry
      .requests()
      .slice(before)
      .filter((line) => /"(PUT|PATCH|POST) /.test(line));
    assert.ok(
      writes.every((line) => line.includes("/manifests/")),
      writes.join("\n"),
    );
    run("umoci", "unpack", "--image", "first:1", "bundle");
    const { process: container } = JSON.parse(
      readFileSync(join(sandbox.root, "bundle", "config.json"), "utf8"),
    ) as { process: { args: string[]; env: string[]; cwd: string } };
    const rootfs = join(sandbox.root, "bundle", "rootfs");
    assert.deepEqual(readdirSync(rootfs).includes("app"), true);
    mkdirSync(join(rootfs, "proc"), { recursive: true });
    const script = 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"';
    const started = spawnSync("unshare", ["--mount", "sh", "-c", script, rootfs, ...container.args], {
      encoding: "utf8",
      env: Object.fromEntries(container.env.map((line) => line.split(/=(.*)/s).slice(0, 2))),
    });
    assert.equal(started.status, 0, started.stderr);
    assert.match(started.stdout, /Python Information/);
  });
});
