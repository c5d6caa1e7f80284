import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { linkEnv, withoutEnvLinks } from "../../src/project/env-link.ts";

const root = mkdtempSync(join(tmpdir(), "posy-env-link-"));
after(() => rmSync(root, { recursive: true, force: true }));

async function linked(name: string): Promise<{ folder: string; links: readonly string[] }> {
  const folder = join(root, name);
  const prefix = join(root, "an-env");
  mkdirSync(folder);
  mkdirSync(prefix, { recursive: true });
  const links = await Promise.all(
    ["default", "docs"].map((each) => linkEnv({ folder, name: each, prefix, venv: false })),
  );
  return { folder, links: links.flat() };
}

test("a project's links are away for as long as something is done, and back also where it failed", async () => {
  const { folder, links } = await linked("app");
  assert.deepEqual(links, [join(folder, ".posy", "env"), join(folder, ".posy", "env-docs")]);
  const seen = await withoutEnvLinks(folder, async () => readdirSync(join(folder, ".posy")));
  assert.deepEqual(seen, [".gitignore"]);
  await assert.rejects(
    withoutEnvLinks(folder, async () => {
      throw new Error("no such thing");
    }),
    /no such thing/,
  );
  for (const link of links) assert.equal(readlinkSync(link), join(root, "an-env"));
});

test("what was linked meanwhile stays", async () => {
  const { folder, links } = await linked("moving");
  const prefix = join(root, "another-env");
  mkdirSync(prefix);
  await withoutEnvLinks(folder, () => linkEnv({ folder, name: "default", prefix, venv: false }));
  assert.equal(readlinkSync(links[0] ?? ""), prefix);
});

test("a folder that never had any gets none", async () => {
  const folder = join(root, "plain");
  mkdirSync(folder);
  assert.equal(await withoutEnvLinks(folder, async () => 7), 7);
  assert.equal(existsSync(join(folder, ".posy")), false);
});
