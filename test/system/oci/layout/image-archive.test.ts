import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { digestOf, openArchiveSource } from "../../../../src/system/oci/index.ts";
import { makeBaseImage } from "../../../support/make-base-image.ts";
import { removeFolder } from "../../../support/remove-folder.ts";
import { type NewTarMember, writeTar } from "../../../support/tar-writer.ts";

const root = mkdtempSync(join(tmpdir(), "posy-image-archives-"));
after(() => removeFolder(root));
let count = 0;

async function opened(members: readonly NewTarMember[], { gzip = false } = {}) {
  const name = `archive-${count++}`;
  const path = join(root, gzip ? `${name}.tar.gz` : `${name}.tar`);
  const bytes = writeTar(members);
  writeFileSync(path, gzip ? gzipSync(bytes) : bytes);
  const folder = join(root, name);
  mkdirSync(folder);
  return openArchiveSource(path, folder);
}

const layer = Buffer.from("the bytes of a layer");
const config = {
  architecture: "amd64",
  os: "linux",
  rootfs: { type: "layers", diff_ids: [digestOf(layer)] },
};

/** What `docker save` wrote before version 25: a folder for each layer. */
function dockerMembers(images: readonly unknown[], layers: readonly NewTarMember[]): readonly NewTarMember[] {
  return [
    { path: "config.json", data: JSON.stringify(config) },
    ...layers,
    { path: "manifest.json", data: JSON.stringify(images) },
  ];
}

const image = {
  Config: "config.json",
  RepoTags: ["registry.example.org/base:12"],
  Layers: ["one/layer.tar"],
};
const inFolder: NewTarMember = { path: "one/layer.tar", data: layer };

async function layersOf(source: Awaited<ReturnType<typeof opened>>, tag = "12") {
  const { manifest } = (await source.readManifest(tag)) ?? assert.fail(`there is no ${tag}`);
  assert.ok("layers" in manifest);
  const files = await Promise.all(manifest.layers.map((each) => source.blobFile(each, root)));
  return files.map(({ content }) => ("path" in content ? readFileSync(content.path) : content.bytes));
}

describe("an archive of images", () => {
  for (const gzip of [false, true]) {
    test(`of docker has its images${gzip ? ", also compressed" : ""}`, async () => {
      const source = await opened(dockerMembers([image], [inFolder]), { gzip });
      assert.deepEqual(await layersOf(source), [layer]);
    });
  }

  test("of docker may have links to the layers of other images", async () => {
    const links: NewTarMember[] = [
      { path: "two/layer.tar", target: "../one/layer.tar" },
      { path: "three/layer.tar", type: "1", target: "one/layer.tar" },
      { path: "four/layer.tar", target: "../two/layer.tar" },
    ];
    const names = ["two", "three", "four"].map((name) => `${name}/layer.tar`);
    const linked = { ...image, Layers: names };
    const source = await opened(dockerMembers([linked], [inFolder, ...links]));
    assert.deepEqual(await layersOf(source), [layer, layer, layer]);
  });

  test("of docker may have compressed layers and images without tags", async () => {
    const compressed = gzipSync(layer);
    const source = await opened(
      dockerMembers([{ ...image, RepoTags: null }], [{ ...inFolder, data: compressed }]),
    );
    const { manifest } = (await source.readManifest("latest")) ?? assert.fail();
    assert.match("layers" in manifest ? (manifest.layers[0]?.mediaType ?? "") : "", /\+gzip$/);
    assert.deepEqual(await layersOf(source, "latest"), [compressed]);
  });

  test("of an image layout has its images", async () => {
    const layout = join(root, "layout");
    await makeBaseImage(layout, { architectures: ["amd64"] });
    const names = readdirSync(layout, { recursive: true, withFileTypes: true });
    const members = names
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return { path: path.slice(layout.length + 1).replaceAll("\\", "/"), data: readFileSync(path) };
      });
    assert.equal((await layersOf(await opened(members))).length, 1);
  });

  for (const [what, members, code, message] of [
    ["without images", [{ path: "x", data: "y" }], "invalid-manifest", /neither an image layout nor/],
    [
      "with a list that is no JSON",
      [{ path: "manifest.json", data: "<html>" }],
      "invalid-manifest",
      /not docker's/,
    ],
    [
      "with a list of other types",
      [{ path: "manifest.json", data: '[{"Config":1}]' }],
      "invalid-manifest",
      /not docker's/,
    ],
    ...["x", [1], {}].map(
      (RepoTags) =>
        [
          `with the tags ${JSON.stringify(RepoTags)}`,
          dockerMembers([{ ...image, RepoTags }], [inFolder]),
          "invalid-manifest",
          /not docker's/,
        ] as const,
    ),
    ["without a layer", dockerMembers([image], []), "invalid-manifest", /lacks `one\/layer.tar`/],
    [
      "with a link out of it",
      dockerMembers([image], [{ path: "one/layer.tar", target: "../../../etc/passwd" }]),
      "invalid-manifest",
      /lacks `one\/layer.tar`/,
    ],
    [
      "with links in a circle",
      dockerMembers(
        [image],
        [
          { path: "one/layer.tar", target: "../two/layer.tar" },
          { path: "two/layer.tar", target: "../one/layer.tar" },
        ],
      ),
      "invalid-manifest",
      /lacks `one\/layer.tar`/,
    ],
    [
      "with a layer outside of it",
      dockerMembers([{ ...image, Layers: ["../../etc/passwd"] }], []),
      "invalid-manifest",
      /lacks `..\/..\/etc\/passwd`/,
    ],
    [
      "with a file in a file",
      [
        { path: "a", data: "x" },
        { path: "a/b", data: "y" },
      ],
      "invalid-archive",
      /its member `a` is a file and a folder/,
    ],
    [
      "with a file in place of a folder",
      [
        { path: "a/b", data: "y" },
        { path: "a", data: "x" },
      ],
      "invalid-archive",
      /its member `a` is a file and a folder/,
    ],
    ["with a path out of it", [{ path: "../x", data: "y" }], "invalid-archive", /leaves|root|\.\./],
  ] as readonly (readonly [string, readonly NewTarMember[], string, RegExp])[]) {
    test(`is refused ${what}`, () => assert.rejects(opened(members), { code, message }));
  }
});
