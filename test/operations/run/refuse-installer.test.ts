import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { PosyError } from "../../../src/errors/posy-error.ts";
import { sealEnv } from "../../../src/forest/envs/seal.ts";
import type { FoundCommand } from "../../../src/operations/run/find-command.ts";
import { checkInstaller } from "../../../src/operations/run/start-command.ts";

const inEnv: FoundCommand = { kind: "found", file: "/env/bin/x", inEnv: true };
const onPath: FoundCommand = { kind: "found", file: "/usr/bin/pip", inEnv: false };

const check = (line: string, found = inEnv, environment: NodeJS.ProcessEnv = {}) =>
  checkInstaller(line.split(" "), found, environment);

describe("Posy refuses a command that installs into the environment, and names the command to use instead:", () => {
  const table: Readonly<Record<string, RegExp>> = {
    "pip install six": /`posy add six`/,
    "pip3.12 -q install six": /`posy add six`/,
    "/env/bin/pip install --upgrade six>=1.16 attrs": /`posy add 'six>=1\.16' attrs`/,
    "pip install -i https://example.org/ six": /`posy add six`/,
    "pip install -r requirements.txt": /`posy add -r requirements\.txt`/,
    "pip install -e ./lib": /`posy add --editable \.\/lib`/,
    "pip install": /`posy add PACKAGE`/,
    "pip uninstall -y six": /`posy remove six`/,
    "python -m pip install six": /`posy add six`/,
    "python3.12 -u -X dev -m pip install six": /`posy add six`/,
    "python -m ensurepip --upgrade": /`posy add pip`/,
    "python -m easy_install six": /`posy add six`/,
    "easy_install six": /`posy add six`/,
    "uv pip install six": /`posy add six`/,
    "uv --quiet pip sync requirements.txt": /`posy add -r requirements\.txt`/,
    "uv pip sync --quiet requirements.txt": /`posy add -r requirements\.txt`/,
    "python -X a -X b -X c -X d -X e -m pip install six": /`posy add six`/,
    "uv pip uninstall six": /`posy remove six`/,
    "python -m uv pip install six": /`posy add six`/,
    "python setup.py install": /--with-editable/,
    "python setup.py -q develop": /--with-editable/,
  };
  for (const [line, hint] of Object.entries(table)) {
    test(line, async () => {
      await assert.rejects(check(line), (error: PosyError) => {
        assert.equal(error.code, "shared-environment");
        assert.match(error.hint ?? "", hint);
        return true;
      });
    });
  }
});

describe("Posy runs a command that does not change the environment:", () => {
  for (const line of [
    "pip install --target vendored six",
    "pip install -t vendored six",
    "pip install -tvendored six",
    "pip install --target=vendored six",
    "pip install --prefix elsewhere six",
    "pip install --root image --prefix /usr six",
    "pip install --dry-run --report - six",
    "pip --python other install six",
    "pip install --help",
    "pip list",
    "pip download install",
    "python -m pip wheel six",
    "python -m ensurepip --version",
    "python -c pass -m pip install six",
    "python pip.py install six",
    "python script.py -m pip install six",
    "python script.py pip install six",
    "python script.py uv pip install six",
    "python script.py easy_install six",
    "python script.py ensurepip",
    "python -m mytool ensurepip",
    "pytest -m pip install six",
    "python setup.py bdist_wheel",
    "python setup.py install --root image",
    "uv pip install --target vendored six",
    "uv pip list",
    "uv pip compile requirements.in",
    "uv sync",
    "pytest -k install",
  ]) {
    test(line, () => check(line));
  }

  test("pip install six, if `PIP_TARGET` names another folder", () =>
    check("pip install six", inEnv, { PIP_TARGET: "vendored" }));

  test("uv pip install six, if a variable of uv names another Python", async () => {
    await check("uv pip install six", inEnv, { UV_SYSTEM_PYTHON: "1" });
    await check("uv pip install six", inEnv, { UV_PYTHON: "3.12" });
  });
});

test("Posy never starts a pip outside of the environment, unless it is named by its path", async () => {
  for (const line of ["pip list", "pip3 --version", "pip install --target x six"]) {
    await assert.rejects(check(line, onPath), { code: "command-not-found", message: /another Python/ });
  }
  await check("/usr/bin/pip list", onPath);
  await check("uv pip list", onPath);
});

describe("a program that is named by its path", () => {
  const outside = (file: string) => ({ kind: "found", file, inEnv: false }) as const;

  test("may install into an environment that Posy did not make", async () => {
    for (const name of ["/other/bin/pip", "/other/bin/python -m pip"]) {
      await check(`${name} install six`, outside(name.split(" ")[0] ?? ""));
    }
  });

  test("may not install into an Env, also if a link leads there", async () => {
    const root = mkdtempSync(join(tmpdir(), "posy-installer-"));
    try {
      mkdirSync(join(root, "env", "bin"), { recursive: true });
      sealEnv(join(root, "env"), [], []);
      mkdirSync(join(root, ".venv"));
      symlinkSync(join(root, "env", "bin"), join(root, ".venv", "bin"), "junction");
      for (const folder of ["env", ".venv"]) {
        const file = join(root, folder, "bin", "pip");
        await assert.rejects(check(`${file} install six`, outside(file)), { code: "shared-environment" });
        await check(`${file} list`, outside(file));
      }
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  test("may not be uv, which installs into the active environment wherever uv is", async () => {
    await assert.rejects(check("/opt/bin/uv pip install six", outside("/opt/bin/uv")), {
      code: "shared-environment",
    });
  });
});
