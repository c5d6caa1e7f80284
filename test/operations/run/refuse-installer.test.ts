import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PosyError } from "../../../src/errors/posy-error.ts";
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
});

test("Posy never starts a pip outside of the environment, unless it is named by its path", async () => {
  for (const line of ["pip list", "pip3 --version", "pip install --target x six"]) {
    await assert.rejects(check(line, onPath), { code: "command-not-found", message: /another Python/ });
  }
  await check("/usr/bin/pip list", onPath);
  await check("uv pip list", onPath);
});
