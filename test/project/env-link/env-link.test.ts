import assert from "node:assert/strict";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { linkEnv, withoutEnvLinks } from "../../../src/project/env-link/env-link.ts";

const root = mkdtempSync(join(tmpdir(), "posy-env-link-"));
after(() => rmSync(root, { recursive: true, force: true }));

const envAt = (digit: string) => join(root, "envs-v1", `cpython-3.13.5-${digit.repeat(32)}`);

async function linked(name: string): Promise<{ folder: string; links: readonly string[] }> {
  const folder = join(root, name);
  const prefix = envAt("a");
  mkdirSync(folder);
  mkdirSync(prefix, { recursive: true });
  const links = await Promise.all(
    ["default", "docs"].map((each) => linkEnv({ folder, name: each, prefix, venv: false })),
  );
  return { folder, links: links.flatMap((each) => each.links) };
}

test("withoutEnvLinks removes the links during the work, and restores them even if it fails", async () => {
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
  for (const link of links) assert.equal(readlinkSync(link), envAt("a"));
});

test("withoutEnvLinks keeps a link that was made during the work", async () => {
  const { folder, links } = await linked("moving");
  const prefix = envAt("b");
  mkdirSync(prefix);
  await withoutEnvLinks(folder, () => linkEnv({ folder, name: "default", prefix, venv: false }));
  assert.equal(readlinkSync(links[0] ?? ""), prefix);
});

test("withoutEnvLinks also runs the work for a file, such as a source distribution", async () => {
  const file = join(root, "lib-1.0.tar.gz");
  writeFileSync(file, "");
  assert.equal(await withoutEnvLinks(file, async () => 7), 7);
});

test("withoutEnvLinks makes no links in a folder that had none", async () => {
  const folder = join(root, "plain");
  mkdirSync(folder);
  assert.equal(await withoutEnvLinks(folder, async () => 7), 7);
  assert.equal(existsSync(join(folder, ".posy")), false);
});

for (const [what, put] of [
  ["a file", (path: string) => writeFileSync(path, "precious")],
  ["a folder", (path: string) => mkdirSync(join(path, "lib"), { recursive: true })],
  ["a link to another folder", (path: string) => symlinkSync(join(root, "my-own-venv"), path)],
] as const) {
  for (const name of [".venv", join(".posy", "env")]) {
    test(`linkEnv does not replace ${what} that Posy did not make: ${name}`, async () => {
      const folder = join(root, `${what} ${name.replace("/", " ")}`);
      const path = join(folder, name);
      mkdirSync(join(path, ".."), { recursive: true });
      put(path);
      const before = lstatSync(path);
      await assert.rejects(linkEnv({ folder, name: "default", prefix: envAt("a"), venv: true }), {
        code: "filesystem",
        message: `\`${path}\` is in the way: it was not made by Posy`,
      });
      assert.equal(lstatSync(path).ino, before.ino);
    });
  }
}

test("linkEnv replaces a link to an Env of another store, and keeps an existing `.gitignore`", async () => {
  const folder = join(root, "moved");
  mkdirSync(join(folder, ".posy"), { recursive: true });
  writeFileSync(join(folder, ".posy", ".gitignore"), "env\n");
  symlinkSync(
    join("/old/home/data/envs-v1", `cpython-3.12.1-${"c".repeat(32)}`),
    join(folder, ".posy", "env"),
  );
  symlinkSync(join(root, "my-own"), join(folder, ".posy", "mine"));
  const { links } = await linkEnv({ folder, name: "default", prefix: envAt("a"), venv: false });
  assert.equal(readlinkSync(links[0] ?? ""), envAt("a"));
  assert.equal(readFileSync(join(folder, ".posy", ".gitignore"), "utf8"), "env\n");
  const seen = await withoutEnvLinks(folder, async () => readdirSync(join(folder, ".posy")));
  assert.deepEqual(seen.sort(), [".gitignore", "mine"]);
});
