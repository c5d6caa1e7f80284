import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { probePrefix } from "../../../../src/pythons/pybi/pack/probe-prefix.ts";
import { newSandbox } from "../../sandbox.ts";

const answering = (answer: object) =>
  `#!/bin/sh\necho noise\n/bin/cat <<'END'\n${JSON.stringify(answer)}\nEND\n`;

describe("a Python that is to be packed", { skip: process.platform === "win32" }, () => {
  test("is searched in the prefix by the usual names, in order", async () => {
    using sandbox = newSandbox();
    const names = ["python3", "python", "python2", "pypy3", "pypy", "pypy3.9", "python3.13t"];
    for (const name of [...names, "python3.13-config", "pip3"]) {
      sandbox.program(`bin/${name}`, answering({ executable: name }));
    }
    for (const name of names) {
      assert.equal((await probePrefix(sandbox.root)).executable, name);
      rmSync(join(sandbox.root, "bin", name));
    }
    await assert.rejects(probePrefix(sandbox.root), { code: "not-found", message: /no Python in/ });
    await assert.rejects(probePrefix(join(sandbox.root, "none")), {
      code: "not-found",
      message: /there is no `[^`]*none`$/,
    });
  });

  test("that fails is refused with the last line of its error, cut to 80 characters", async () => {
    using sandbox = newSandbox();
    const refused = async (script: string) => {
      const path = sandbox.program("python", `#!/bin/sh\n${script}\n`);
      return probePrefix(path).then(
        () => assert.fail(),
        (error: Error) => error.message.slice(`\`${path}\` is not a Python that can be packed`.length),
      );
    };
    assert.match(await refused("echo first >&2; echo last >&2; exit 1"), /^: it says .last.$/);
    const long = await refused(`echo ${"x".repeat(79)}yz >&2; exit 1`);
    assert.match(long, /^: it says .x{79}y.$/);
    assert.equal(await refused("exit 1"), "");
    assert.equal(await refused("echo hello"), "");
    assert.equal(await refused("echo '{}'; exit 1"), "");
  });

  test("is run with the folders of its libraries only if its loader does not find one", async () => {
    using sandbox = newSandbox();
    const path = sandbox.program(
      "bin/python3",
      `#!/bin/sh\necho "{\\"executable\\": \\"$LD_LIBRARY_PATH|$LC_ALL|$1$2$3$4|$PWD\\"}"\n`,
    );
    assert.equal((await probePrefix(path)).executable, "|C|-E-s-S-c|/");
    for (const error of [
      "x: error while loading shared libraries: libpython3.so",
      "Error loading shared library libpython3.so: not found",
    ]) {
      sandbox.program(
        "bin/python3",
        `#!/bin/sh\n[ -n "$LD_LIBRARY_PATH" ] || { echo "${error}" >&2; exit 127; }\necho "{\\"executable\\": \\"$LD_LIBRARY_PATH\\"}"\n`,
      );
      const { executable } = await probePrefix(path);
      assert.match(executable, /^\/.*\/lib:\/.*\/lib64$/);
    }
  });
});
