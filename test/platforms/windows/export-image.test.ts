import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { startIndex, type TestIndex } from "../../support/index-server.ts";
import { makeBaseImage } from "../../support/make-base-image.ts";
import { makePybi } from "../../support/make-pybi.ts";
import { makeWheel } from "../../support/make-wheel.ts";
import { startRegistry } from "../../support/registry-server.ts";
import { newWindowsSandbox, type WindowsSandbox } from "../support/windows-sandbox.ts";
import { windowsPath, withoutWine } from "../support/wine.ts";

const tool = makeWheel({
  name: "tool",
  files: { "tool.py": "def main(): pass\n" },
  entryPoints: { tool: "tool:main" },
});
const linux = { ...makePybi({ version: "3.90.1" }), project: "cpython-unofficial" };

describe("an image for Linux that Windows exports", { skip: withoutWine }, () => {
  let index: TestIndex;
  let sandbox: WindowsSandbox;
  let args: readonly string[];

  before(async () => {
    index = await startIndex({ files: [tool, linux] });
    sandbox = await newWindowsSandbox();
    const base = join(sandbox.root, "base");
    await makeBaseImage(base, { architectures: ["amd64"] });
    const options = `--python-index ${index.url} --python 3.90 --platform linux-x86_64 --default-index ${index.url}`;
    args = ["export", "--no-project", ...options.split(" "), "--base", windowsPath(base), "tool"];
  });
  after(async () => {
    sandbox[Symbol.dispose]();
    await index.close();
  });

  test("is written as a layout, with the paths of Linux", async () => {
    const run = await sandbox.posy([...args, "--oci", "image"]);
    assert.equal(run.status, 0, run.stderr);
    const folder = join(sandbox.cwd, "image");
    const read = (digest: string): unknown =>
      JSON.parse(readFileSync(join(folder, "blobs", ...digest.split(":")), "utf8"));
    const { manifests } = JSON.parse(readFileSync(join(folder, "index.json"), "utf8")) as {
      manifests: readonly [{ digest: string }];
    };
    const { config } = read(manifests[0].digest) as { config: { digest: string } };
    const { config: settings, os } = read(config.digest) as {
      config: { Entrypoint: readonly string[]; WorkingDir: string };
      os: string;
    };
    assert.deepEqual([os, settings.WorkingDir], ["linux", "/app"]);
    assert.match(settings.Entrypoint.join(" "), /^\/app\/bin\/python\S* -s \/app\/bin\/tool$/);
  });

  test("is pushed to a registry", async () => {
    await using registry = await startRegistry();
    const run = await sandbox.posy([...args, "--push", `${registry.host}/team/tool:1`]);
    assert.equal(run.status, 0, run.stderr);
    assert.ok(registry.manifests.has("team/tool:1"));
  });
});
