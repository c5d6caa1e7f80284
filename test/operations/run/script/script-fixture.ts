import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { OperationContext } from "../../../../src/settings/index.ts";
import { recordingReporter } from "../../../support/recording-reporter.ts";

/** A temporary current folder with files, and a context of an operation in it. */
export interface ScriptFixture extends Disposable {
  readonly root: string;
  readonly cwd: string;
  readonly context: OperationContext;
  /** Returns the absolute path of a file in the current folder. */
  readonly path: (name: string) => string;
}

export function newScriptFixture(files: Readonly<Record<string, string | Uint8Array>> = {}): ScriptFixture {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "posy-script-")));
  const cwd = join(root, "folder");
  mkdirSync(cwd);
  const path = (name: string) => join(cwd, name);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), content);
  }
  const environment = {
    PATH: process.env["PATH"],
    HOME: join(root, "user"),
    POSY_HOME: join(root, "home"),
    POSY_PYTHON_MIRROR: "off",
  };
  return {
    root,
    cwd,
    path,
    context: { environment, cwd, reporter: recordingReporter() },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** The text of a script with a block of inline metadata (PEP 723). */
export const withBlock = (...lines: readonly string[]): string =>
  ["# /// script", ...lines.map((line) => `# ${line}`), "# ///", "print(1)", ""].join("\n");
