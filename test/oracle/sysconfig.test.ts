import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { cp, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { runCaptured } from "../../src/system/process/processes.ts";
import { askPython } from "../support/oracle.ts";

const script = `
import json, sys, sysconfig
values = {"var " + name: value for name, value in sysconfig.get_config_vars().items() if isinstance(value, str)}
values.update(("path " + name, value) for name, value in sysconfig.get_paths().items())
values.update(("sys.path %d" % index, value) for index, value in enumerate(sys.path))
print(json.dumps(values))`;

/** Paths that any system may have, even if this one does not. */
const ofSystems = /^\/(usr|etc|bin|dev)(\/(bin|share|lib|local|zoneinfo|null|sh)(\/|$)|$)/;

/**
 * Unpacks an interpreter into two folders. What its sysconfig says must not mention the machine that built it, and must
 * differ only in the folder.
 */
test("sysconfig of an unpacked interpreter names only the folder of the interpreter", async (context) => {
  const root = await askPython<string>("import json, sys; print(json.dumps(sys.base_prefix))", null);
  if (!existsSync(join(root, "pybi-info")))
    return context.skip("the Python of the tests is not one that Posy brought");
  const folder = await realpath(await mkdtemp(join(tmpdir(), "posy-sysconfig-")));
  try {
    const answers: Record<string, string>[] = [];
    for (const sandbox of [join(folder, "one"), join(folder, "another place", "deeper")]) {
      await cp(root, sandbox, { recursive: true, verbatimSymlinks: true });
      const python = join(sandbox, "bin", "python");
      const env = { PATH: "/usr/bin:/bin", HOME: join(sandbox, "home") };
      const { stdout } = await runCaptured(python, ["-E", "-s", "-B", "-c", script], { cwd: sandbox, env });
      const values = Object.entries(JSON.parse(stdout) as Record<string, string>);
      answers.push(
        Object.fromEntries(values.map(([name, value]) => [name, value.replaceAll(sandbox, "ROOT")])),
      );
    }
    const [one = {}, two = {}] = answers;
    assert.deepEqual(one, two);
    assert.equal(one["path stdlib"]?.startsWith("ROOT/lib/python3."), true);
    for (const [name, value] of Object.entries(one)) {
      for (const [path] of value.matchAll(/(?<![\w.}$)/@-])\/[A-Za-z_][\w.+/-]*/g)) {
        // Debian's name of the architecture, which follows the name of a folder.
        if (name !== "var multiarchsubdir") assert.match(path, ofSystems, `${name}: ${value}`);
      }
    }
    for (const [name, programs] of Object.entries({
      CC: ["cc"],
      CXX: ["c++"],
      LDSHARED: ["cc"],
      BLDSHARED: ["cc"],
      LINKCC: ["cc"],
      LDCXXSHARED: ["c++"],
      AR: ["ar"],
    })) {
      const program = (one[`var ${name}`] ?? "").split(" ")[0] ?? "";
      assert.ok(programs.includes(program), `${name} is ${program}`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
