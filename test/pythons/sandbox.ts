import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { PythonsContext } from "../../src/pythons/pythons-context.ts";
import type { PackageDB } from "../../src/packages/package-db.ts";
import { homeAt } from "../../src/system/fs/home.ts";
import type { Machine } from "../../src/system/machine/machine.ts";
import { recordingReporter, type RecordingReporter } from "../support/recording-reporter.ts";

export interface Sandbox extends Disposable {
  readonly root: string;
  /** Makes an executable file; returns its path. */
  program(path: string, text: string): string;
  context(change?: Partial<PythonsContext>): PythonsContext & { readonly reporter: RecordingReporter };
}

export const testMachine: Machine = {
  platform: "linux-x86_64",
  platformTags: ["manylinux_2_36_x86_64"],
  markers: { platform_release: "6.1", platform_version: "#1", platform_machine: "x86_64" },
};

/** Makes a temporary folder, with an empty home and an environment in which no Python is installed. */
export function newSandbox(): Sandbox {
  const root = mkdtempSync(join(tmpdir(), "posy-pythons-"));
  return {
    root,
    program(path, text) {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      chmodSync(file, 0o755);
      return file;
    },
    context: (change = {}) => ({
      home: homeAt(join(root, "data"), join(root, "cache")),
      db: {} as PackageDB,
      pythonIndexes: [],
      machine: testMachine,
      environment: { PATH: join(root, "bin"), HOME: join(root, "user") },
      ...change,
      reporter: recordingReporter(),
    }),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Returns a shell script that answers the query like a Python, and appends a line to `count` each time it is run. */
export function fakePython(version: string, count: string, change: object = {}): string {
  const minor = version.split(".").slice(0, 2).join(".");
  const answer = {
    implementation: "cpython",
    markers: {
      implementation_name: "cpython",
      implementation_version: version,
      os_name: "posix",
      platform_machine: "x86_64",
      platform_python_implementation: "CPython",
      platform_system: "Linux",
      python_full_version: version,
      python_version: minor,
      sys_platform: "linux",
    },
    executable: "",
    prefix: "/",
    freeThreaded: false,
    soabi: "",
    bits: 64,
    glibc: true,
    paths: {
      stdlib: `lib/python${minor}`,
      purelib: `lib/python${minor}/site-packages`,
      scripts: "bin",
      data: ".",
    },
    lacks: ["_gdbm"],
    ...change,
  };
  return `#!/bin/sh\necho asked >> '${count}'\necho noise\n/bin/cat <<'END'\n${JSON.stringify(answer)}\nEND\n`;
}
