import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, lstatSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import fc from "fast-check";
import { PosyError } from "../../src/errors/posy-error.ts";
import { unpackSdist } from "../../src/builder/sdist/unpack-sdist.ts";
import { askPython } from "../support/oracle.ts";
import { type NewTarMember, writeTar } from "../support/tar-writer.ts";

const script = `
import base64, io, json, os, sys, tarfile, tempfile
def listing(root):
    found = {}
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = os.path.join(folder, name)
            key = os.path.relpath(path, root)
            if os.path.islink(path): found[key] = ["link", os.readlink(path)]
            elif os.path.isdir(path): found[key] = ["folder"]
            else:
                stat = os.stat(path)
                found[key] = ["file", open(path).read(), stat.st_mode & 0o7777, int(stat.st_mtime)]
    return found
def unpack(data):
    with tempfile.TemporaryDirectory() as top:
        into = os.path.join(top, "into"); os.mkdir(into)
        try:
            with tarfile.open(fileobj=io.BytesIO(base64.b64decode(data)), mode="r:") as tar:
                tar.errorlevel = 2
                tar.extractall(into, filter="data")
        except (tarfile.TarError, OSError, KeyError, RecursionError) as error: return type(error).__name__
        assert os.listdir(top) == ["into"], "it left the folder"
        return listing(into)
os.umask(0o022)
print(json.dumps([unpack(data) for data in json.load(sys.stdin)]))
`;

type Listing = Readonly<Record<string, readonly (string | number)[]>>;

function listing(root: string, inside = ""): Listing {
  const found: Record<string, (string | number)[]> = {};
  for (const name of readdirSync(join(root, inside))) {
    const key = inside === "" ? name : `${inside}/${name}`;
    const path = join(root, key);
    const stat = lstatSync(path);
    if (stat.isSymbolicLink()) found[key] = ["link", readlinkSync(path)];
    else if (stat.isDirectory()) Object.assign(found, { [key]: ["folder"] }, listing(root, key));
    else
      found[key] = ["file", readFileSync(path, "utf8"), stat.mode & 0o7777, Math.floor(stat.mtimeMs / 1000)];
  }
  return found;
}

const sandbox = mkdtempSync(join(tmpdir(), "posy-tar-oracle-"));
after(() => rm(sandbox, { recursive: true, force: true }));

const targets = [
  "a",
  "d/x",
  "../a",
  "..",
  ".",
  "d/../a",
  "../../out",
  "l/../..",
  "/etc/hosts",
  "up/x",
  "up/../../out",
];
const member: fc.Arbitrary<NewTarMember> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      path: fc.constantFrom("foo/a", "foo/b", "foo/d/x", "foo/d/y/z", "./foo/c", "foo//e", "foo/./f"),
      data: fc.constantFrom("", "text", "x".repeat(600)),
      mode: fc.constantFrom(0o644, 0o755, 0o664, 0o777, 0o4755, 0o2644, 0o600, 0o444, 0o000, 0o611),
      mtime: fc.constantFrom(1_000_000_000, 1_700_000_001),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      path: fc.constantFrom("foo/d/", "foo/g", "foo/d/y/"),
      type: fc.constant("5"),
      mode: fc.constantFrom(0o755, 0o700, 0o777),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      path: fc.constantFrom("foo/l", "foo/d/up", "foo/up", "foo/m/n"),
      target: fc.constantFrom(...targets),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      path: fc.constantFrom("foo/h", "foo/d/h"),
      type: fc.constant("1"),
      target: fc.constantFrom(
        "foo/a",
        "foo/d/x",
        "foo/l",
        "foo/d",
        "foo/h",
        "../out",
        "/etc/hosts",
        "foo/none",
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<NewTarMember[]>(
      { path: "foo/p", type: "6" },
      { path: "foo/dev", type: "3" },
      { path: "../out", data: "x" },
      { path: "foo/../../out", data: "x" },
      { path: "foo/l/through", data: "x", mtime: 1_000_000_000 },
      { path: "foo/up/through", data: "x", mtime: 1_000_000_000 },
    ),
  },
);
const archives = fc.sample(fc.array(member, { minLength: 1, maxLength: 7 }), { numRuns: 500, seed: 7 });

const normal = ({ path }: NewTarMember) => join("/", path).replace(/\/$/, "").slice(1);
const isLink = ({ target, type }: NewTarMember) => target !== undefined && type === undefined;
const isHard = ({ type }: NewTarMember) => type === "1";
const repeats = (members: readonly NewTarMember[]) => new Set(members.map(normal)).size < members.length;

/** Archives for which the results may differ, and why. */
const stricter: {
  readonly reason: string;
  readonly applies: (members: readonly NewTarMember[]) => boolean;
}[] = [
  {
    reason: "nothing is written through a link, and a link is nothing that others lie in",
    applies: (members) =>
      members
        .filter(isLink)
        .some((link) => members.some((one) => normal(one).startsWith(`${normal(link)}/`))),
  },
  {
    reason: "links may not leave the root folder, where Python lets them go up to the folder that holds it",
    applies: (members) => members.some((one) => isLink(one) && /\.\./.test(one.target ?? "")),
  },
  { reason: "of a name that is there twice, Python writes into what was there", applies: repeats },
  {
    reason: "a hard link may come before what it shares, and what it shares with a symbolic link is that",
    applies: (members) => members.some(isHard),
  },
];

describe("unpacking sdists compared with tarfile's `data` filter", async () => {
  const bytes = archives.map((members) => writeTar(members));
  const theirs = await askPython<(Listing | string)[]>(
    script,
    bytes.map((each) => each.toString("base64")),
  );
  const ours = await Promise.all(
    bytes.map(async (each, index): Promise<Listing | PosyError> => {
      const folder = join(sandbox, String(index));
      await mkdir(join(folder, "into"), { recursive: true });
      await writeFile(join(folder, "foo-1.0.tar"), each);
      try {
        await unpackSdist(join(folder, "foo-1.0.tar"), "foo-1.0.tar", join(folder, "into"));
      } catch (error) {
        assert.ok(error instanceof PosyError && error.code === "invalid-archive", String(error));
        assert.deepEqual(readdirSync(folder).sort(), ["foo-1.0.tar", "into"]);
        return error;
      }
      return listing(join(folder, "into"));
    }),
  );

  test("unpacks or refuses every archive as Python does, except those in the table", () => {
    let alike = 0;
    let refused = 0;
    for (const [index, members] of archives.entries()) {
      const [mine, python] = [ours[index], theirs[index]];
      if (stricter.some(({ applies }) => applies(members))) continue;
      const shown = JSON.stringify(members);
      if (typeof python === "string") assert.ok(mine instanceof PosyError, `taken, ${python}: ${shown}`);
      else if (mine instanceof PosyError) assert.fail(`${mine.message}: ${shown}`);
      else assert.deepEqual(mine, python, shown);
      if (mine instanceof PosyError) refused += 1;
      else alike += 1;
    }
    assert.ok(alike > 50 && refused > 15, `${alike} alike, ${refused} refused`);
  });

  test("unpacks the same files, except if a name occurs twice", () => {
    let alike = 0;
    for (const [index, members] of archives.entries()) {
      const [mine, python] = [ours[index], theirs[index]];
      if (repeats(members) || mine instanceof PosyError || typeof python === "string") continue;
      const shown = JSON.stringify(members);
      for (const [path, [kind, text]] of Object.entries(python as Listing)) {
        // Python writes a separate file for a hard link.
        if (kind === "file")
          assert.equal(readFileSync(join(sandbox, String(index), "into", path), "utf8"), text, shown);
        else assert.ok(mine?.[path], `${path} of ${shown}`);
      }
      alike += 1;
    }
    assert.ok(alike > 80, `${alike}`);
  });

  test("refuses every path that Python refuses as leading outside", () => {
    let both = 0;
    for (const [index, members] of archives.entries()) {
      if (typeof theirs[index] !== "string" || !/Outside|Absolute|Special/.test(theirs[index])) continue;
      // If another member replaces a link, the link does not count.
      if (repeats(members)) continue;
      assert.ok(ours[index] instanceof PosyError, `${theirs[index]}: ${JSON.stringify(members)}`);
      both += 1;
    }
    assert.ok(both > 60, `${both}`);
  });
});
