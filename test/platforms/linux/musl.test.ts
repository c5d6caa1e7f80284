import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { makePybi } from "../../support/make-pybi.ts";
import { removeFolder } from "../../support/remove-folder.ts";
import { bareRoot, connectRoot } from "../support/bare-root.ts";
import { runInRoot } from "../support/chroot.ts";
import { compiledPosy } from "../support/compiled-posy.ts";
import { muslPython, withoutMuslCompiler } from "../support/musl-python.ts";
import { muslRoot } from "../support/musl.ts";
import { registerQemu } from "../support/qemu.ts";
import { platformCache, withoutTools } from "../support/tools.ts";

const skip = withoutTools("musl", ["apt-get", "dpkg-deb", "unshare", "chroot"]);
const skipArm64 = skip || withoutTools("QEMU", ["qemu-aarch64-static"]);
const skipGlibc = skip || withoutTools("debootstrap", ["debootstrap"]);

for (const architecture of ["x86_64", "aarch64"] as const) {
  describe(`Posy for musl on ${architecture}`, {
    skip: architecture === "aarch64" ? skipArm64 : skip,
  }, () => {
    const platform = `linux-${architecture}-musl`;
    /** A layer on top of the system with Posy, a folder of pybis, and the settings of the network. */
    let layer: string;
    let root: string;
    let variables: Record<string, string>;
    const posy = (...args: string[]) =>
      runInRoot([layer, root], ["/posy", ...args], { ...variables, POSY_PYTHON_MIRROR: "off" });
    before(async () => {
      if (architecture === "aarch64") registerQemu();
      root = await muslRoot(architecture);
      layer = mkdtempSync(join(platformCache, "musl-layer-"));
      for (const name of ["etc", "pybis"]) mkdirSync(join(layer, name));
      variables = connectRoot(layer);
      // No package registry has an interpreter for musl. The Python of this pybi is a shell script.
      const { filename, bytes } = makePybi({ platformTag: `musllinux_1_2_${architecture}` });
      writeFileSync(join(layer, "pybis", filename), bytes);
      copyFileSync(compiledPosy(platform), join(layer, "posy"));
    });
    after(() => layer !== undefined && removeFolder(layer));

    test("starts", () => {
      const run = posy("--version");
      assert.equal(run.status, 0, run.stderr);
      assert.match(run.stdout, /^posy \d/);
    });

    test("says that there is no Python if it finds none for musl", () => {
      const run = posy("run", "--", "python", "-V");
      assert.notEqual(run.status, 0);
      assert.match(run.stderr, new RegExp(`^error: no Python is available for \`${platform}\`$`, "m"));
    });

    test("selects an interpreter and wheels for musl, and runs them", () => {
      const script = 'python a "b c"; ls "$VIRTUAL_ENV"/lib/python3.13/site-packages/markupsafe';
      const run = posy("run", "--python-index", "/pybis", "--with", "markupsafe", "--", "sh", "-c", script);
      assert.equal(run.status, 0, run.stderr);
      assert.match(run.stdout, /^fake a b c$/m);
      assert.match(run.stdout, new RegExp(`^_speedups\\.cpython-313-${architecture}-linux-musl\\.so$`, "m"));
    });
  });
}

describe("Posy for musl on x86_64, with a Python that was built for musl", {
  skip: skip || withoutMuslCompiler,
}, () => {
  test("runs it in an environment, with a package that has a C extension", async () => {
    const layer = mkdtempSync(join(platformCache, "musl-layer-"));
    try {
      mkdirSync(join(layer, "etc"));
      mkdirSync(join(layer, "pybis"));
      const variables = connectRoot(layer);
      const pybis = muslPython();
      for (const name of readdirSync(pybis)) copyFileSync(join(pybis, name), join(layer, "pybis", name));
      copyFileSync(compiledPosy("linux-x86_64-musl"), join(layer, "posy"));
      const program = [
        "import sys, sysconfig",
        "from markupsafe import _speedups",
        "print(sysconfig.get_config_var('SOABI'), sys.prefix != sys.base_prefix, _speedups.__file__)",
      ].join("; ");
      const args = ["--python-index", "/pybis", "--with", "markupsafe", "--", "python", "-c", program];
      const run = runInRoot([layer, await muslRoot("x86_64")], ["/posy", "run", ...args], {
        ...variables,
        POSY_PYTHON_MIRROR: "off",
      });
      assert.equal(run.status, 0, run.stderr);
      assert.match(
        run.stdout,
        /^cpython-313-x86_64-linux-musl True \/.*\/markupsafe\/_speedups\..*-x86_64-linux-musl\.so$/m,
      );
    } finally {
      removeFolder(layer);
    }
  });
});

describe("Posy for musl on a system with glibc", { skip: skipGlibc }, () => {
  test("selects an interpreter and wheels for glibc, as the system's programs do", async () => {
    const layer = mkdtempSync(join(platformCache, "musl-layer-"));
    try {
      mkdirSync(join(layer, "etc"));
      const variables = connectRoot(layer);
      copyFileSync(compiledPosy("linux-x86_64-musl"), join(layer, "posy"));
      const program = "from markupsafe import _speedups; print(_speedups.__file__)";
      const run = runInRoot(
        [layer, bareRoot(), await muslRoot("x86_64")],
        ["/posy", "run", "--with", "markupsafe", "--", "python", "-c", program],
        { ...variables, POSY_PYTHON_MIRROR: "off" },
      );
      assert.equal(run.status, 0, run.stderr);
      assert.match(run.stdout, /x86_64-linux-gnu\.so$/m);
    } finally {
      removeFolder(layer);
    }
  });
});
