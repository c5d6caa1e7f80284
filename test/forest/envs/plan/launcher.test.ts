import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { launcherText, rewrittenScript, scriptHead } from "../../../../src/forest/envs/plan/launcher.ts";

describe("scriptHead", () => {
  test("returns a plain `#!` line for a short path without spaces", () => {
    assert.equal(scriptHead("/home/me/bin/python"), "#!/home/me/bin/python\n");
  });

  test("counts the bytes of a path, not its characters", () => {
    const pathOf = (bytes: number) => `/${"é".repeat(10)}${"x".repeat(bytes - 21)}`;
    // `#!` and the line break are three bytes of the 127.
    assert.equal(Buffer.byteLength(pathOf(124)), 124);
    assert.match(scriptHead(pathOf(124)), /^#!\/é/);
    assert.match(scriptHead(pathOf(125)), /^#!\/bin\/sh\n/);
  });

  for (const [what, folder] of [
    ["a space", "with space"],
    ["quotes", "it's \"quoted\" 'well'"],
    ["characters that sh expands", "$HOME `id` \\ *"],
    ["more than 127 bytes", "long/".repeat(40)],
    ["more than 127 bytes in fewer characters", "ü日".repeat(24)],
  ] as const) {
    test(`starts a Python whose path has ${what}, with all arguments`, async () => {
      const root = await mkdtemp(join(tmpdir(), "posy-launcher-"));
      try {
        // A fake Python that prints its arguments.
        const python = join(root, folder, "python");
        await mkdir(join(root, folder), { recursive: true });
        await writeFile(python, '#!/bin/sh\nfor argument; do echo "[$argument]"; done\n');
        await chmod(python, 0o755);
        const script = join(root, "script");
        const head = scriptHead(python);
        await writeFile(script, `${head}print(1)\n`, { mode: 0o755 });
        if (folder !== "$HOME `id` \\ *") assert.match(head, /^#!\/bin\/sh\n'''exec' /);
        const { stdout, stderr } = spawnSync(script, ["a b", "", "*"], { encoding: "utf8" });
        assert.equal(stdout, `[${script}]\n[a b]\n[]\n[*]\n`, stderr);
      } finally {
        await rm(root, { recursive: true });
      }
    });
  }
});

test("a launcher calls the attribute of an entry point, also one with dots", () => {
  const text = launcherText("#!/p\n", { name: "x", module: "pkg.mod", attribute: "App.run", gui: false });
  assert.match(text, /^#!\/p\n/);
  assert.match(text, /^from pkg\.mod import App$/m);
  assert.match(text, /^ {4}sys\.exit\(App\.run\(\)\)$/m);
});

test("replaces the `#!` line of a script and keeps the rest", () => {
  for (const [script, expected] of [
    ["#!python\nprint(1)\n", "#!/p\nprint(1)\n"],
    ["#!pythonw -x\r\nprint(1)\r\n", "#!/p\nprint(1)\r\n"],
    ["#!python", "#!/p\n"],
    ["#!python\n\xff\xfe", "#!/p\n\xff\xfe"],
  ] as const) {
    assert.equal(rewrittenScript("#!/p\n", Buffer.from(script, "latin1")).toString("latin1"), expected);
  }
});
