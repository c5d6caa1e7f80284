import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Interpreter, InterpreterSource } from "../../../src/model/interpreter.ts";
import { describeInterpreter } from "../../../src/pythons/compatibility/describe-interpreter.ts";
import { availableOffline } from "../../../src/pythons/discover/available-offline.ts";
import { parseVersion } from "../../../src/vocab/version/version.ts";
import { newSandbox } from "../sandbox.ts";

const python = (version: string, source: InterpreterSource): Interpreter => ({
  ...describeInterpreter(parseVersion(version), "linux-x86_64"),
  source,
});
const pybi = (version: string, url: string, hashes: Readonly<Record<string, string>>): Interpreter =>
  python(version, { kind: "pybi", url, filename: `${version}.pybi`, hashes });

test("interpreters that need no network are installed, unpacked, downloaded, or a file on this disk", async () => {
  using sandbox = newSandbox();
  const { home } = sandbox.context();
  const [stored, kept, missing] = ["a", "b", "c"].map((digit) => digit.repeat(64)) as [
    string,
    string,
    string,
  ];
  mkdirSync(join(home.pythons, stored), { recursive: true });
  mkdirSync(home.artifacts, { recursive: true });
  writeFileSync(join(home.artifacts, kept), "");
  const url = "https://pythons.example/x.pybi";
  const all = [
    python("3.1.1", { kind: "adopted", executable: "/usr/bin/python3", fingerprint: "" }),
    pybi("3.1.2", url, { sha256: stored }),
    pybi("3.1.3", url, { sha256: missing }),
    pybi("3.1.4", url, { sha256: kept }),
    pybi("3.1.5", pathToFileURL(join(sandbox.root, "x.pybi")).href, { sha256: missing }),
    pybi("3.1.6", url, {}),
    pybi("3.1.7", url, { sha256: "malformed" }),
  ];
  const available = await availableOffline(all, home);
  assert.deepEqual(
    available.map(({ version }) => version),
    ["3.1.1", "3.1.2", "3.1.4", "3.1.5"],
  );
});
