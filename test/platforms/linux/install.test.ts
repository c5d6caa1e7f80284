import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { checksumsText } from "../../../scripts/release/checksums.ts";
import { compress, compressedName } from "../../../scripts/release/compress.ts";
import { binaryName, releaseTargets } from "../../../scripts/release/targets.ts";
import { removeFolder } from "../../support/remove-folder.ts";
import { bareRoot } from "../support/bare-root.ts";
import { runInRoot } from "../support/chroot.ts";
import { compiledPosy } from "../support/compiled-posy.ts";
import { muslRoot } from "../support/musl.ts";
import { arm64Root, registerQemu } from "../support/qemu.ts";
import { platformCache, withoutTools } from "../support/tools.ts";

const skip = withoutTools("other root folders", ["apt-get", "dpkg-deb", "unshare", "chroot"]);
const skipGlibc = skip || withoutTools("debootstrap", ["debootstrap"]);
const skipArm64 = skip || withoutTools("QEMU", ["qemu-aarch64-static"]);

/** The programs of busybox that `install.sh` runs. A small system has them from there, too. */
const applets =
  "cat chmod cp cut grep gzip head ls mkdir mktemp mv od printf rm rmdir sed sh sha256sum tail tr true uname";

/** Adds a release with one program, also compressed, to a folder. */
async function writeSmallRelease(folder: string, platform: string): Promise<void> {
  const target = releaseTargets.find((each) => each.platform === platform);
  assert.ok(target);
  mkdirSync(folder, { recursive: true });
  const names = [binaryName(target), compressedName(target), "install.sh"];
  copyFileSync(compiledPosy(platform), join(folder, binaryName(target)));
  await compress(join(folder, binaryName(target)), join(folder, compressedName(target)));
  copyFileSync(join("scripts", "install", "install.sh"), join(folder, "install.sh"));
  writeFileSync(join(folder, "SHA256SUMS"), await checksumsText(folder, names));
}

for (const [platform, rootOf, reason] of [
  ["linux-x86_64", bareRoot, skipGlibc],
  ["linux-aarch64", arm64Root, skipArm64],
  ["linux-x86_64-musl", () => muslRoot("x86_64"), skip],
  ["linux-aarch64-musl", () => muslRoot("aarch64"), skipArm64],
] as const) {
  describe(`install.sh with the file for ${platform}`, { skip: reason }, () => {
    /** A layer on top of the system, with the release and, if the system has none, the programs of busybox. */
    let layer: string;
    let root: string;
    before(async () => {
      if (platform.includes("aarch64")) registerQemu();
      root = await rootOf();
      layer = mkdtempSync(join(platformCache, "install-"));
      mkdirSync(join(layer, "opt"));
      await writeSmallRelease(join(layer, "dist"), platform);
      if (platform !== "linux-x86_64") {
        mkdirSync(join(layer, "applets"));
        for (const name of applets.split(" ")) symlinkSync("/bin/busybox", join(layer, "applets", name));
      }
    });
    after(() => layer !== undefined && removeFolder(layer));
    /** What a shell prints after these commands. Nothing that they write stays. */
    const shell = (commands: string) =>
      runInRoot([layer, root], ["sh", "-c", commands], { PATH: "/applets:/usr/bin:/bin:/usr/sbin:/sbin" });

    test("recognises the system, checks and installs the program, which runs, and removes all of it", () => {
      const run = shell(
        [
          "sh /dist/install.sh --from dist --no-modify-path",
          "/root/.local/bin/posy --version",
          "ls -A /root/.local/bin",
          "sh /dist/install.sh --uninstall",
          "ls -A /root",
        ].join(" && "),
      );
      assert.equal(run.status, 0, run.stderr);
      assert.match(run.stdout, /^posy \d+\.\d+\.\d+\nposy\n/);
      assert.match(run.stderr, new RegExp(`^installing Posy for ${platform} from dist$`, "m"));
      assert.match(run.stderr, /^installed posy \d\S* to \/root\/\.local\/bin\/posy$/m);
    });

    test("refuses a damaged file, and leaves nothing behind", () => {
      const run = shell(
        `printf x >>/dist/posy-${platform}.gz; sh /dist/install.sh --from /dist --dir /opt/posy/bin; echo $?; ls -A /opt`,
      );
      assert.match(run.stdout, /^1\n$/);
      assert.match(run.stderr, new RegExp(`^error: \`posy-${platform}\\.gz\` is damaged: `, "m"));
    });
  });
}
