import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { checkIntegrity, lockedPackage } from "../../scripts/release/runtimes.ts";
import { binaryName, releaseTargets } from "../../scripts/release/targets.ts";
import { platformNames } from "../../src/vocab/tags/index.ts";
import { removeFolder } from "../support/remove-folder.ts";

describe("the targets of a release", () => {
  test("are all platforms of Posy, except 32-bit Windows, for which there is no Bun", () => {
    const platforms = releaseTargets.map(({ platform }) => platform);
    assert.deepEqual(
      platforms.toSorted(),
      platformNames.filter((platform) => platform !== "windows-x86").toSorted(),
    );
  });

  test("use the pinned version of Bun, whose hashes are in package-lock.json", () => {
    const { bun } = JSON.parse(readFileSync("package.json", "utf8")).devDependencies;
    for (const { runtime } of releaseTargets) {
      const { version, integrity } = lockedPackage(`@oven/${runtime}`);
      assert.equal(version, bun);
      assert.match(integrity, /^sha512-/);
    }
  });

  test("end in `.exe` on Windows only", () => {
    const withSuffix = releaseTargets.map(binaryName).filter((name) => name.endsWith(".exe"));
    assert.deepEqual(withSuffix, ["posy-windows-x86_64.exe", "posy-windows-arm64.exe"]);
  });
});

test("refuses a runtime that has not the hash of package-lock.json", () => {
  const folder = mkdtempSync(join(tmpdir(), "posy-runtime-"));
  try {
    const archive = join(folder, "runtime.tgz");
    writeFileSync(archive, "content");
    const right =
      "sha512-stHShbUZnIX5iNA2ScN+RP093gHl1pxQ/vkGUZYvSBEOk0C2DUmkecTAtT9fB9aQaG3YfSSBk3pRLouF7nxhfw==";
    checkIntegrity(archive, right, "bun-linux-x64");
    writeFileSync(archive, "other content");
    assert.throws(
      () => checkIntegrity(archive, right, "bun-linux-x64"),
      /`bun-linux-x64` has the hash sha512-/,
    );
  } finally {
    removeFolder(folder);
  }
});
