import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readBaseImage } from "../../../src/application/image/base-image.ts";
import { imageConfig } from "../../../src/application/image/config.ts";
import { type BuiltImage, putImages } from "../../../src/application/image/put-image.ts";
import {
  digestOf,
  type ImageDestination,
  openLayoutDestination,
  openLayoutSource,
} from "../../../src/system/oci/index.ts";
import { makeBaseImage } from "../../support/make-base-image.ts";
import { removeFolder } from "../../support/remove-folder.ts";

const root = mkdtempSync(join(tmpdir(), "posy-images-"));
after(() => removeFolder(root));

const layer = (text: string) => {
  const bytes = Buffer.from(text);
  const blob = { digest: digestOf(bytes), size: bytes.length, content: { bytes } };
  return { blob, diffId: digestOf(`whole ${text}`), contents: text };
};

async function imageFor(architecture: string, baseFolder: string): Promise<BuiltImage> {
  const platform = { os: "linux", architecture };
  const base = await readBaseImage(await openLayoutSource(baseFolder), "12", "base:12", platform);
  const layers = [layer("python"), layer(`numpy for ${architecture}`)];
  const contents = {
    platform,
    entrypoint: ["/app/bin/tool"],
    programs: "/app/bin",
    folder: "/app",
    layers,
    time: 0,
    labels: new Map<string, string>(),
  };
  return {
    platform,
    base,
    layers,
    config: imageConfig(base.config, contents, {}),
    annotations: {},
    sbom: '{"bomFormat":"CycloneDX"}',
  };
}

async function images(name: string): Promise<readonly BuiltImage[]> {
  const base = join(root, `${name}-base`);
  await makeBaseImage(base, { architectures: ["amd64", "arm64"] });
  return Promise.all(["amd64", "arm64"].map((architecture) => imageFor(architecture, base)));
}

test("images for several platforms are an index with one manifest for each", async () => {
  const out = join(root, "several");
  mkdirSync(out);
  const layout = await openLayoutDestination(out);
  const { image } = await putImages(await images("several"), layout, { tags: ["1", "latest"], folder: root });
  await layout.close();
  const source = await openLayoutSource(out);
  for (const [tag, architecture] of [
    ["1", "amd64"],
    ["latest", "arm64"],
  ] as const) {
    assert.equal((await source.readManifest(tag))?.digest, image.digest);
    const platform = { os: "linux", architecture };
    const { config, layers } = await readBaseImage(source, tag, `x:${tag}`, platform);
    assert.equal(config.architecture, architecture);
    assert.equal(layers.length, 3);
    assert.ok(
      layers.every(({ mediaType }) => mediaType.startsWith("application/vnd.oci.image.layer.v1.tar")),
    );
  }
  const { manifests } = JSON.parse(readFileSync(join(out, "index.json"), "utf8")) as {
    manifests: readonly { artifactType?: string }[];
  };
  const boms = manifests.filter(({ artifactType }) => artifactType === "application/vnd.cyclonedx+json");
  assert.equal(boms.length, 2);
});

test("a tag is written after all blobs and manifests", async () => {
  const calls: string[] = [];
  const known = new Set<string>();
  const destination: ImageDestination = {
    location: "memory",
    hasBlob: (digest) => Promise.resolve(known.has(digest)),
    putBlob({ digest }) {
      calls.push("blob");
      known.add(digest);
      return Promise.resolve(true);
    },
    putManifest(manifest, tags = []) {
      const blobs = "layers" in manifest ? [manifest.config, ...manifest.layers] : [];
      for (const { digest } of blobs) assert.ok(known.has(digest), "its blobs are there");
      calls.push(tags.length > 0 ? `tag ${tags.join(" ")}` : "manifest");
      const text = JSON.stringify(manifest);
      return Promise.resolve({ mediaType: "x", digest: digestOf(text), size: text.length });
    },
  };
  await putImages(await images("order"), destination, { tags: ["1"], folder: root });
  assert.equal(calls.at(-1), "tag 1");
  assert.equal(calls.filter((call) => call.startsWith("tag")).length, 1);
});

test("layers of the base are taken from its repository if that is in the same registry", async () => {
  const asked: string[] = [];
  const built = await images("mounted");
  const [first] = built;
  const layers = first?.base.layers.map(({ digest }) => digest) ?? [];
  const out = join(root, "mounted");
  mkdirSync(out);
  const layout = await openLayoutDestination(out);
  const base = { ...(first as BuiltImage).base, source: undefined };
  const destination: ImageDestination = {
    ...layout,
    mountBlob(digest, from) {
      asked.push(`${digest} of ${from}`);
      return Promise.resolve(true);
    },
  };
  const put = await putImages([{ ...(first as BuiltImage), base }], destination, {
    tags: ["1"],
    folder: root,
    mountFrom: "library/base",
  });
  assert.deepEqual(
    asked,
    layers.map((digest) => `${digest} of library/base`),
  );
  assert.equal(
    put.present,
    base.layers.reduce((sum, { size }) => sum + size, 0),
    "they are not counted as written",
  );
});

test("a blob that is there is not written again", async () => {
  const out = join(root, "twice");
  mkdirSync(out);
  const layout = await openLayoutDestination(out);
  const options = { tags: ["1"], folder: root };
  const built = await images("twice");
  const first = await putImages(built, layout, options);
  const second = await putImages(built, layout, options);
  assert.ok(first.written > 0);
  assert.deepEqual([second.written, second.image.digest], [0, first.image.digest]);
});
