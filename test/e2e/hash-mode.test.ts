import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { assertFailed, assertPrinted, newSandbox, type Sandbox } from "../support/posy.ts";

const dep = makeWheel({ name: "dep", files: { "dep.py": "" } });
const leaf = makeWheel({ name: "leaf" });
const user = makeWheel({ name: "user", requires: ["leaf"] });
const hashOf = (bytes: Uint8Array, algorithm = "sha256") =>
  `--hash=${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;

async function resolving(sandbox: Sandbox, lines: readonly string[], constraints: readonly string[] = []) {
  await using index = await startIndex({ files: [dep, leaf, user] });
  writeFileSync(join(sandbox.cwd, "r.txt"), lines.join("\n"));
  writeFileSync(join(sandbox.cwd, "c.txt"), constraints.join("\n"));
  const limits = constraints.length === 0 ? [] : ["-c", "c.txt"];
  return await sandbox.posy(["resolve", "--default-index", index.url, "-r", "r.txt", ...limits]);
}

describe("hashes of a requirements file", () => {
  for (const algorithm of ["sha256", "sha384", "sha512"]) {
    test(`are checked for ${algorithm} even if the index has another algorithm or none`, async () => {
      using sandbox = await newSandbox();
      assertPrinted(await resolving(sandbox, [`dep==1.0 ${hashOf(dep.bytes, algorithm)}`]), "dep==1.0\n");
      writeFileSync(join(sandbox.cwd, dep.filename), dep.bytes);
      const here = ["resolve", "--no-index", "--find-links", ".", "-r", "r.txt"];
      assertPrinted(await sandbox.posy(here), "dep==1.0\n");
      const other = hashOf(leaf.bytes, algorithm);
      const status = algorithm === "sha256" ? 1 : 76;
      assertFailed(await resolving(sandbox, [`dep==1.0 ${other}`]), status, /dep.*hash/);
      assertFailed(await sandbox.posy(here), 76, /dep-1\.0.*none of the hashes/);
    });
  }

  test("are satisfied if one of several matches", async () => {
    using sandbox = await newSandbox();
    const line = `dep==1.0 ${hashOf(leaf.bytes)} ${hashOf(dep.bytes, "sha512")}`;
    assertPrinted(await resolving(sandbox, [line]), "dep==1.0\n");
  });

  test("are not needed for a requirement whose marker is false", async () => {
    using sandbox = await newSandbox();
    const lines = [`dep==1.0 ${hashOf(dep.bytes)}`, "leaf; sys_platform == 'no-such'"];
    assertPrinted(await resolving(sandbox, lines), "dep==1.0\n");
    assertFailed(await resolving(sandbox, [lines[0] ?? "", "leaf==1.0; os_name != 'none'"]), 1, /leaf/);
    assertFailed(await resolving(sandbox, ["--require-hashes", "leaf==1.0; os_name != 'none'"]), 2, /leaf/);
  });

  test("may be in constraints, for direct and transitive dependencies", async () => {
    using sandbox = await newSandbox();
    const constraints = [`user==1.0 ${hashOf(user.bytes)}`, `leaf==1.0 ${hashOf(leaf.bytes)}`];
    assertPrinted(
      await resolving(sandbox, ["--require-hashes", "user"], constraints),
      "leaf==1.0\nuser==1.0\n",
    );
    assertPrinted(await resolving(sandbox, ["user"], constraints), "leaf==1.0\nuser==1.0\n");
    const wrong = [`user==1.0 ${hashOf(dep.bytes)}`, constraints[1] ?? ""];
    assertFailed(await resolving(sandbox, ["user"], wrong), 1, /user.*hash/);
    assertFailed(await resolving(sandbox, ["user", "dep==1.0"], constraints), 2, /`dep==1\.0` has no hash/);
    assertFailed(await resolving(sandbox, ["user==1.0"], [constraints[0] ?? ""]), 1, /leaf.*hash/);
  });

  test("reject a wildcard as a pin", async () => {
    using sandbox = await newSandbox();
    assertFailed(await resolving(sandbox, [`dep==1.* ${hashOf(dep.bytes)}`]), 2, /not pinned/);
  });
});

test("the resolve records the given hash", async () => {
  using sandbox = await newSandbox();
  await resolving(sandbox, [`dep==1.0 ${hashOf(dep.bytes, "sha512")}`]);
  await using index = await startIndex({ files: [dep] });
  const run = await sandbox.posy(["resolve", "--json", "--default-index", index.url, "-r", "r.txt"]);
  const sha512 = createHash("sha512").update(dep.bytes).digest("hex");
  assert.ok(run.stdout.includes(`"sha512": "${sha512}"`), run.stderr);
});
