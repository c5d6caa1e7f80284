import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { startIndex } from "../support/index-server.ts";
import { makeWheel } from "../support/make-wheel.ts";
import { newSandbox } from "../support/posy.ts";

const files = [
  makeWheel({
    name: "tool",
    files: { "tool.py": "def main():\n    print('tool ran')\n" },
    entryPoints: { tool: "tool:main" },
  }),
];

function hasShell(name: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${name}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe("posy env", () => {
  const shells = { bash: ["bash", "-uec"], zsh: ["zsh", "-uec"], fish: ["fish", "-c"] };
  for (const [shell, command] of Object.entries(shells)) {
    test(`prints exports that ${shell} can evaluate`, { skip: !hasShell(shell) }, async () => {
      await using index = await startIndex({ files });
      using sandbox = await newSandbox();
      const home = join(sandbox.root, `it's "so" $(odd); ü`);
      renameSync(sandbox.home, home);
      const args = ["env", "--default-index", index.url, "--with", "tool", "--shell", shell];
      const run = await sandbox.posy(args, { env: { POSY_HOME: home } });
      assert.equal(run.status, 0, run.stderr);
      const evaluate = shell === "fish" ? "$EXPORTS | source" : 'eval "$EXPORTS"';
      const script = `${shell === "fish" ? "echo " : ""}${evaluate}; tool; python -c 'import sys; print(sys.prefix)'; echo "$VIRTUAL_ENV"`;
      const [said, prefix, virtualEnv] = execFileSync(command[0] ?? "", [...command.slice(1), script], {
        encoding: "utf8",
        env: { PATH: process.env["PATH"], LANG: "C.UTF-8", EXPORTS: run.stdout, PYTHONHOME: "/nowhere" },
      }).split("\n");
      assert.equal(said, "tool ran");
      assert.ok(prefix?.startsWith(home));
      assert.equal(virtualEnv, prefix);
    });
  }
});

test("posy env --json prints the prefix and the path of Python", async () => {
  await using index = await startIndex({ files });
  using sandbox = await newSandbox();
  const run = await sandbox.posy(["env", "--default-index", index.url, "--with", "tool", "--json"]);
  assert.equal(run.status, 0, run.stderr);
  const env = JSON.parse(run.stdout) as { prefix: string; python: string };
  assert.ok(env.prefix.startsWith(sandbox.home));
  assert.equal(
    execFileSync(env.python, ["-c", "import tool; tool.main()"], { encoding: "utf8", env: {} }),
    "tool ran\n",
  );
});
