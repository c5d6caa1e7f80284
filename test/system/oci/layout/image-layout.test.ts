import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { openLayoutSource } from "../../../../src/system/oci/index.ts";
import { makeBaseImage } from "../../../support/make-base-image.ts";
import { removeFolder } from "../../../support/remove-folder.ts";

interface Listing {
  readonly manifests: { digest: string; size: number; annotations?: Record<string, string> }[];
}

const root = mkdtempSync(join(tmpdir(), "posy-layouts-"));
after(() => removeFolder(root));

const good = join(root, "good");
const several = join(root, "several");
let count = 0;

/** Returns a copy of the good layout that `change` has changed. */
function layoutWith(change: (folder: string, listing: Listing) => void): string {
  const folder = join(root, `changed-${count++}`);
  cpSync(good, folder, { recursive: true });
  const listing = JSON.parse(readFileSync(join(good, "index.json"), "utf8")) as Listing;
  change(folder, listing);
  return folder;
}

const write = (folder: string, listing: unknown) =>
  writeFileSync(join(folder, "index.json"), typeof listing === "string" ? listing : JSON.stringify(listing));
const blobAt = (folder: string, digest: string) => join(folder, "blobs", ...digest.split(":"));
const manifestOf = (listing: Listing) => listing.manifests[0] as Listing["manifests"][number];

before(async () => {
  await makeBaseImage(good, { architectures: ["amd64"] });
  await makeBaseImage(several, { architectures: ["amd64", "arm64"], tag: "1" });
});

describe("an image layout", () => {
  test("has its images by tag, by digest, and without a name if there is only one", async () => {
    const source = await openLayoutSource(good);
    const byTag = await source.readManifest("12");
    assert.ok(byTag !== undefined && "layers" in byTag.manifest);
    assert.equal((await source.readManifest(byTag.digest))?.digest, byTag.digest);
    assert.equal((await source.readManifest(undefined))?.digest, byTag.digest);
    assert.equal(await source.readManifest("13"), undefined);
    assert.equal(await source.readManifest(`sha256:${"0".repeat(64)}`), undefined);
    const [layer] = byTag.manifest.layers;
    assert.ok(layer !== undefined);
    assert.equal((await source.blobFile(layer, root)).size, layer.size);
  });

  test("has the images of an index by their digests", async () => {
    const source = await openLayoutSource(several);
    const index = await source.readManifest("1");
    assert.ok(index !== undefined && "manifests" in index.manifest);
    for (const { digest } of index.manifest.manifests)
      assert.ok("layers" in ((await source.readManifest(digest))?.manifest ?? {}));
  });

  test("asks for a tag if it has several images", async () => {
    const folder = layoutWith((at, listing) => {
      const other = { ...manifestOf(listing), digest: `sha256:${"1".repeat(64)}`, annotations: {} };
      write(at, { ...listing, manifests: [...listing.manifests, other] });
    });
    const source = await openLayoutSource(folder);
    await assert.rejects(source.readManifest(undefined), { code: "usage", message: /has several images/ });
  });

  for (const [what, change, code, message] of [
    ["without its mark", (at) => rmSync(join(at, "oci-layout")), "invalid-manifest", /has no `oci-layout`/],
    [
      "without a list",
      (at) => rmSync(join(at, "index.json")),
      "invalid-manifest",
      /without its `index.json`/,
    ],
    [
      "of version 2",
      (at) => writeFileSync(join(at, "oci-layout"), '{"imageLayoutVersion":"2.0.0"}'),
      "invalid-manifest",
      /of version 1/,
    ],
    ["with a list that is no JSON", (at) => write(at, "<html>"), "invalid-manifest", /index of/],
    [
      "with a list of other types",
      (at) => write(at, { schemaVersion: 2, manifests: [1] }),
      "invalid-manifest",
      /index of/,
    ],
    [
      "with a manifest in place of the list",
      (at, listing) => cpSync(blobAt(at, manifestOf(listing).digest), join(at, "index.json")),
      "invalid-manifest",
      /without manifests/,
    ],
    ["with a huge list", (at) => write(at, " ".repeat(9 << 20)), "invalid-manifest", /file of 9437184 bytes/],
    [
      "with a wrong size of a manifest",
      (at, listing) => {
        manifestOf(listing).size += 1;
        write(at, listing);
      },
      "invalid-manifest",
      /instead of/,
    ],
    [
      "with other bytes in a manifest",
      (at, listing) => writeFileSync(blobAt(at, manifestOf(listing).digest), "x"),
      "hash-mismatch",
      /a blob of/,
    ],
    [
      "with a path as a digest",
      (at, listing) => {
        manifestOf(listing).digest = "sha256:../../../etc/passwd";
        write(at, listing);
      },
      "invalid-manifest",
      /has a wrong descriptor/,
    ],
  ] as readonly (readonly [string, (at: string, listing: Listing) => void, string, RegExp])[]) {
    test(`is refused ${what}`, async () => {
      const folder = layoutWith(change);
      const read = async () => (await openLayoutSource(folder, "./base")).readManifest(undefined);
      await assert.rejects(read(), { code, message });
    });
  }

  test("names a layer that it lacks, or that has other bytes", async () => {
    const { manifest } = (await (await openLayoutSource(good)).readManifest("12")) ?? assert.fail();
    const [layer] = "layers" in manifest ? manifest.layers : [];
    assert.ok(layer !== undefined);
    for (const [change, code] of [
      [(at: string) => rmSync(blobAt(at, layer.digest)), "not-found"],
      [(at: string) => writeFileSync(blobAt(at, layer.digest), "x"), "invalid-manifest"],
      [(at: string) => writeFileSync(blobAt(at, layer.digest), "x".repeat(layer.size)), "hash-mismatch"],
    ] as const) {
      const source = await openLayoutSource(layoutWith(change));
      await assert.rejects(source.blobFile(layer, root), { code });
    }
  });

  test("does not wait for a pipe", { skip: process.platform === "win32" }, async () => {
    for (const name of ["oci-layout", "index.json"]) {
      const folder = layoutWith((at) => {
        rmSync(join(at, name));
        assert.equal(spawnSync("mkfifo", [join(at, name)]).status, 0);
      });
      await assert.rejects(openLayoutSource(folder), /is a pipe|not a file|is no file/);
    }
  });

  test("is not any folder", async () => {
    const folder = join(root, "empty");
    mkdirSync(folder);
    await assert.rejects(openLayoutSource(folder, "./empty"), {
      code: "invalid-manifest",
      message: "`./empty` is no image layout: it has no `oci-layout`",
    });
  });
});
