import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startIndex, type TestIndex } from "../support/index-server.ts";
import { makeBaseImage } from "../support/make-base-image.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, newSandbox, type Sandbox } from "../support/posy.ts";
import { startRegistry } from "../support/registry-server.ts";

const large = makeWheel({
  name: "large",
  version: "2.0",
  files: { "large/data.txt": "0123456789".repeat(150_000) },
});
const small = makeWheel({ name: "small", version: "1.0", files: { "small.py": "" } });
const tool = makeWheel({
  name: "tool",
  version: "1.5",
  metadata: ["Requires-Dist: large", "Requires-Dist: small"],
  files: { "tool/__init__.py": "def main():\n    print('tool runs')\n" },
  entryPoints: { tool: "tool:main", second: "tool:main" },
});
const other = makeWheel({
  name: "other",
  version: "0.1",
  metadata: ["Requires-Dist: large"],
  files: { "other.py": "def main(): pass\n" },
  entryPoints: { other: "other:main" },
});
const architecture = process.arch === "arm64" ? "arm64" : "amd64";

interface Manifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly mediaType: string; readonly digest: string }[];
  readonly annotations: Readonly<Record<string, string>>;
}
interface Config {
  readonly config: Readonly<Record<string, unknown>>;
  readonly rootfs: { readonly diff_ids: readonly string[] };
  readonly history: readonly { readonly created_by: string }[];
}
interface Index {
  readonly manifests: readonly {
    readonly digest: string;
    readonly artifactType?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  }[];
}

const blob = (layout: string, digest: string) => join(layout, "blobs", ...digest.split(":"));
const read = (layout: string, digest: string): unknown =>
  JSON.parse(readFileSync(blob(layout, digest), "utf8"));
const indexOf = (layout: string) => JSON.parse(readFileSync(join(layout, "index.json"), "utf8")) as Index;
function imageIn(layout: string): { manifest: Manifest; config: Config } {
  const [first] = indexOf(layout).manifests;
  const manifest = read(layout, first?.digest ?? "") as Manifest;
  return { manifest, config: read(layout, manifest.config.digest) as Config };
}

describe("`posy export --oci`", { skip: process.platform !== "linux" }, () => {
  let index: TestIndex;
  let sandbox: Sandbox;
  let base: string;
  let baseLayer: string;

  before(async () => {
    index = await startIndex({ files: [large, small, tool, other] });
    sandbox = await newSandbox();
    base = join(sandbox.root, "base");
    baseLayer = await makeBaseImage(base, { architectures: ["amd64", "arm64"] });
    const run = await image("first", ["tool"]);
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stdout, /\/first@sha256:[0-9a-f]{64}\n$/);
    assert.match(run.stderr, new RegExp(`^wrote \`.*/first\` for linux/${architecture}: [\\d.]+ MB$`, "m"));
  });
  after(async () => {
    sandbox[Symbol.dispose]();
    await index.close();
  });

  const posy = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    sandbox.posy(["export", "--no-project", "--default-index", index.url, ...args], {
      timeout: 300_000,
      env,
    });
  const image = (name: string, args: readonly string[]) =>
    posy(["--oci", join(sandbox.cwd, name), "--base", base, "--app", "tool", ...args]);
  const out = (name: string) => join(sandbox.cwd, name);

  test("has the layers of the base, then the interpreter, large packages, and the rest", () => {
    const { manifest, config } = imageIn(out("first"));
    assert.equal(manifest.layers[0]?.digest, baseLayer);
    assert.equal(manifest.layers[0]?.mediaType, "application/vnd.oci.image.layer.v1.tar");
    assert.deepEqual(
      config.history.map(({ created_by: by }) => by.replace(/Python .*/, "Python")),
      [
        "base",
        "posy export: Python",
        "posy export: large 2.0",
        "posy export: other packages",
        "posy export: launchers and documents",
      ],
    );
    assert.equal(config.rootfs.diff_ids.length, manifest.layers.length);
    assert.equal(manifest.annotations["org.opencontainers.image.title"], "tool");
  });

  test("starts the program, with the settings of the base that it does not replace", () => {
    const { config } = imageIn(out("first")).config;
    const { Entrypoint: program = [], ...others } = config as { Entrypoint?: readonly string[] };
    assert.match(program.join(" "), /^\/app\/bin\/python\S* -s \/app\/bin\/tool$/);
    assert.deepEqual(others, {
      Env: ["PATH=/app/bin:/usr/bin", "LANG=C"],
      Labels: {
        of: "base",
        "org.opencontainers.image.title": "tool",
        "org.opencontainers.image.version": "1.5",
      },
      WorkingDir: "/app",
    });
  });

  test("has all files of the application, with which the program runs", () => {
    const root = join(sandbox.root, "root");
    mkdirSync(root);
    for (const { digest } of imageIn(out("first")).manifest.layers) {
      const unpacked = spawnSync("tar", ["-xf", blob(out("first"), digest), "-C", root], {
        encoding: "utf8",
      });
      assert.equal(unpacked.status, 0, unpacked.stderr);
    }
    assert.equal(readFileSync(join(root, "etc", "base"), "utf8"), "x");
    const run = spawnSync(join(root, "app", "bin", "tool"), {
      encoding: "utf8",
      env: { PATH: "/usr/bin:/bin" },
    });
    assert.equal(run.stdout, "tool runs\n", run.stderr);
    assert.ok(existsSync(join(root, "app", "posy-manifest.json")));
  });

  test("has a bill of materials that refers to it", () => {
    const [first, sbom] = indexOf(out("first")).manifests;
    assert.equal(first?.annotations?.["org.opencontainers.image.ref.name"], "latest");
    assert.equal(sbom?.artifactType, "application/vnd.cyclonedx+json");
    const { subject, layers } = read(out("first"), sbom?.digest ?? "") as {
      subject: { digest: string };
      layers: readonly [{ digest: string }];
    };
    assert.equal(subject.digest, first?.digest);
    const { components } = read(out("first"), layers[0].digest) as {
      components: readonly { name: string }[];
    };
    assert.ok(components.some(({ name }) => name === "large"));
  });

  test("is the same whatever the umask and the time zone are", async () => {
    const umask = process.umask(0o077);
    try {
      const run = await posy(["--oci", out("second"), "--base", base, "--app", "tool", "tool"], {
        TZ: "Asia/Tokyo",
      });
      assert.equal(run.status, 0, run.stderr);
    } finally {
      process.umask(umask);
    }
    assert.deepEqual(indexOf(out("second")), indexOf(out("first")));
  });

  test("shares layers with the image of another application", async () => {
    const run = await posy(["--oci", out("other"), "--base", base, "other"]);
    assert.equal(run.status, 0, run.stderr);
    const layers = (name: string) => imageIn(out(name)).manifest.layers.map(({ digest }) => digest);
    const shared = layers("other").filter((digest) => layers("first").includes(digest));
    // Of the base, the interpreter, and the large package.
    assert.equal(shared.length, 3);
  });

  test("takes settings for containers", async () => {
    const settings =
      "--image-user 1000:1000 --image-workdir /data --image-label a=b=c --image-env MODE=fast --image-port 8000 " +
      "--image-cmd serve --image-tag 1.5 --image-healthcheck";
    const run = await image("settings", [...settings.split(" "), "exit 0", "tool"]);
    assert.equal(run.status, 0, run.stderr);
    const { Entrypoint: _program, Labels, ...config } = imageIn(out("settings")).config.config;
    assert.equal((Labels as Record<string, string>)["a"], "b=c");
    assert.deepEqual(config, {
      Env: ["PATH=/app/bin:/usr/bin", "LANG=C", "MODE=fast"],
      Cmd: ["serve"],
      WorkingDir: "/data",
      User: "1000:1000",
      ExposedPorts: { "8000/tcp": {} },
      Healthcheck: { Test: ["CMD-SHELL", "exit 0"] },
    });
    assert.equal(
      indexOf(out("settings")).manifests[0]?.annotations?.["org.opencontainers.image.ref.name"],
      "1.5",
    );
  });

  test("is written as an archive, and an archive is a base", async () => {
    const archive = out("image.tar");
    const written = await posy(["--oci", archive, "--base", base, "--app", "tool", "tool"]);
    assert.equal(written.status, 0, written.stderr);
    const listed = spawnSync("tar", ["-tf", archive], { encoding: "utf8" }).stdout;
    assert.match(listed, /^oci-layout\nindex\.json\nmanifest\.json\nblobs\/\n/);
    // What `docker save` writes has no index.
    const docker = join(sandbox.root, "docker-save");
    mkdirSync(docker);
    assert.equal(spawnSync("tar", ["-xf", archive, "-C", docker]).status, 0);
    for (const name of ["index.json", "oci-layout"]) rmSync(join(docker, name));
    const saved = join(sandbox.root, "docker.tar");
    assert.equal(spawnSync("tar", ["-cf", saved, "-C", docker, "."]).status, 0);
    const onSaved = await posy(["--oci", out("on-saved"), "--base", `docker-archive:${saved}`, "other"]);
    assert.equal(onSaved.status, 0, onSaved.stderr);
    const above = await posy(["--oci", out("above"), "--base", archive, "other"]);
    assert.equal(above.status, 0, above.stderr);
    const first = imageIn(out("first")).manifest.layers.map(({ digest }) => digest);
    for (const name of ["above", "on-saved"]) {
      const layers = imageIn(out(name)).manifest.layers.map(({ digest }) => digest);
      assert.deepEqual(layers.slice(0, first.length), first);
    }
  });

  test("refuses what is not empty, and replaces an earlier image with `--force`", async () => {
    assertFailed(await image("first", ["tool"]), 1, /has an image already/, /`--force` replaces it/);
    const full = out("full");
    mkdirSync(full);
    writeFileSync(join(full, "mine"), "");
    assertFailed(await image("full", ["--force", "tool"]), 1, /`.*\/full` is not empty/);
    assert.deepEqual(readdirSync(full), ["mine"]);
    const again = await image("first", ["--force", "tool"]);
    assert.equal(again.status, 0, again.stderr);
  });

  for (const [what, args, message] of [
    [
      "no base",
      ["--oci", "x", "other"],
      /an image needs a base with the C library\nhint: name one with `--base`/,
    ],
    [
      "a base without a registry",
      ["--oci", "x", "--base", "debian:12", "other"],
      /`debian:12` names no registry\nhint: .*POSY_IMAGE_REGISTRY/,
    ],
    [
      "a base that is not there",
      ["--oci", "x", "--base", "oci:nowhere", "other"],
      /there is no image at `nowhere`/,
    ],
    [
      "several programs",
      ["--oci", "x", "--base", "BASE", "small", "tool"],
      /several programs\nhint: .*`--app`: `second`, `tool`/,
    ],
    [
      "another output",
      ["--oci", "x", "--dir", "y", "--base", "BASE", "other"],
      /`--dir` can't be combined with `--oci`/,
    ],
    [
      "a base without an image",
      ["--base", "BASE", "--dir", "y", "other"],
      /`--base` is for a container image/,
    ],
    [
      "a label without a value",
      ["--oci", "x", "--base", "BASE", "--image-label", "a", "other"],
      /`--image-label a` has no value/,
    ],
    [
      "a tag for a registry",
      ["--push", "127.0.0.1:1/x:1", "--base", "BASE", "--image-tag", "a", "other"],
      /`--image-tag` is for `--oci`/,
    ],
    [
      "an empty base",
      ["--oci", "x", "--base", "scratch", "other"],
      /an image needs a base with the C library/,
    ],
    [
      "packages alone",
      ["--oci", "x", "--target", "y", "--base", "BASE", "other"],
      /`--target` can't be combined/,
    ],
    ["a wrong tag", ["--oci", "x", "--base", "BASE", "--image-tag", "-x", "other"], /`-x` is no tag/],
    [
      "another system",
      ["--oci", "x", "--base", "BASE", "--platform", "windows-x86_64", "other"],
      /no container images for windows-x86_64/,
    ],
  ] as const) {
    test(`refuses ${what}, and writes nothing`, async () => {
      const before = readdirSync(sandbox.cwd);
      const run = await posy(args.map((arg) => (arg === "BASE" ? base : arg)));
      assert.notEqual(run.status, 0);
      assert.match(run.stderr, message);
      assert.deepEqual(readdirSync(sandbox.cwd), before);
    });
  }

  test("refuses a base for another architecture, and a damaged one", async () => {
    const foreign = join(sandbox.root, "foreign");
    await makeBaseImage(foreign, { architectures: ["s390x"] });
    const run = await posy(["--oci", out("x"), "--base", foreign, "other"]);
    assertFailed(run, 2, new RegExp(`is not for linux/${architecture}, but for linux/s390x`));
    const damaged = join(sandbox.root, "damaged");
    cpSync(base, damaged, { recursive: true });
    writeFileSync(blob(damaged, baseLayer), Buffer.alloc(readFileSync(blob(base, baseLayer)).length));
    const broken = await posy(["--oci", out("x"), "--base", damaged, "other"]);
    assert.match(broken.stderr, /a blob of `.*damaged` has the hash/);
    rmSync(blob(damaged, baseLayer));
    assert.notEqual((await posy(["--oci", out("x"), "--base", damaged, "other"])).status, 0);
    assert.equal(existsSync(out("x")), false);
  });

  test("is pushed, and only manifests are sent the second time", async () => {
    await using registry = await startRegistry({ noReferrers: true });
    const push = ["--push", `${registry.host}/team/tool:1.5`, "--base", base, "--app", "tool", "tool"];
    const first = await posy(push);
    assert.equal(first.status, 0, first.stderr);
    assert.match(
      first.stderr,
      /^pushed `oci:\/\/127\.0\.0\.1:\d+\/team\/tool:1\.5` for linux\/\w+: [\d.]+ MB$/m,
    );
    const tagged = registry.manifests.get("team/tool:1.5");
    assert.deepEqual(
      JSON.parse(tagged?.bytes.toString() ?? ""),
      imageIn(out("first")).manifest,
      "the same image as in the layout",
    );
    const sent = registry.count(/^(POST|PATCH) /);
    const second = await posy(push);
    assert.match(second.stderr, /: 0 B, [\d.]+ MB were there already$/m);
    assert.equal(registry.count(/^(POST|PATCH) /), sent);
    const referrers = [...registry.manifests.keys()].filter((name) =>
      /team\/tool:sha256-[0-9a-f]{64}/.test(name),
    );
    assert.equal(referrers.length, 1);
  });

  test("is based on an image of a registry, whose layers stay there", async () => {
    await using registry = await startRegistry();
    const host = registry.host;
    assert.equal((await posy(["--push", `${host}/team/base:1`, "--base", base, "other"])).status, 0);
    const args = ["--push", `${host}/team/tool:1`, "--app", "tool", "tool", "--base"];
    const run = await posy([...args, `${host}/team/base:1`]);
    assert.equal(run.status, 0, run.stderr);
    const short = await posy([...args, "team/base:1"], { POSY_IMAGE_REGISTRY: host });
    assert.equal(short.status, 0, short.stderr);
    assertFailed(await posy([...args, `${host}/team/base:2`]), 1, /there is no image `127.*base:2`/);
  });

  test("has no tag in a registry that breaks off, and says so", async () => {
    await using registry = await startRegistry();
    registry.always(/^PUT \/v2\/team\/tool\/blobs/, { status: 500 });
    const run = await posy(["--push", `${registry.host}/team/tool:1`, "--base", base, "other"], {
      UV_HTTP_RETRIES: "0",
    });
    assert.notEqual(run.status, 0);
    assert.match(run.stderr, /^error: .*500/m);
    assert.deepEqual([...registry.manifests.keys()], []);
  });

  test("asks for a login", async () => {
    await using registry = await startRegistry({
      auth: { kind: "basic", username: "ada", password: "secret" },
    });
    const push = ["--push", `${registry.host}/team/other:1`, "--base", base, "other"];
    const without = await posy(push, { DOCKER_CONFIG: join(sandbox.root, "none") });
    assert.match(without.stderr, /asks for a login.*\nhint: run `docker login/);
    const docker = join(sandbox.root, "docker");
    mkdirSync(docker);
    const auth = Buffer.from("ada:secret").toString("base64");
    writeFileSync(join(docker, "config.json"), JSON.stringify({ auths: { [registry.host]: { auth } } }));
    const run = await posy(push, { DOCKER_CONFIG: docker });
    assert.equal(run.status, 0, run.stderr);
    assert.ok(registry.manifests.has("team/other:1"));
    assert.ok(!run.stderr.includes("secret"));
  });
});
