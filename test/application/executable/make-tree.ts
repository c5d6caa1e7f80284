import type { ApplicationTree, TreeEntry } from "../../../src/application/index.ts";

/** A script in the place of an interpreter: prints its folder, its arguments and its input. */
const interpreter = `#!/bin/sh
cd_of=\${0%/*}
printf '[%s]' "$@"
case "$2" in
  status) exit "$3" ;;
  input) cat ;;
  wait) echo ready; exec sleep 60 ;;
  where) printf '%s\\n' "$cd_of" ;;
esac
`;

/** Returns a tree for a platform whose interpreter is a script. */
export function makeTree(
  platform = process.arch === "arm64" ? "linux-aarch64" : "linux-x86_64",
  more: readonly TreeEntry[] = [],
): ApplicationTree {
  const file = (path: string, bytes: string | Uint8Array, executable = false): TreeEntry => ({
    kind: "file",
    path,
    owner: "demo",
    executable,
    source: { bytes: typeof bytes === "string" ? Buffer.from(bytes) : bytes },
  });
  const entries = [
    file("bin/demo", "#!/usr/bin/python\nprint(1)\n", true),
    file("bin/python", interpreter, true),
    { kind: "symlink", path: "bin/python3", owner: "python", target: "python" } as const,
    file("lib/empty.py", ""),
    file("lib/é ü.txt", "text\n"),
    ...more,
  ].toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  return {
    target: { platform, packages: [] } as unknown as ApplicationTree["target"],
    entries,
    programs: [{ name: "demo", path: "bin/demo", call: { module: "demo", attribute: "main" }, gui: false }],
    python: "bin/python",
    sitePackages: "lib",
  };
}

/** Options that fit the tree. */
export const demoOptions = {
  name: "demo",
  python: "bin/python",
  words: ["/bin/python", "/bin/demo"],
  description: "demo 1.0\n",
  gui: false,
  resources: [],
  identifier: "demo",
};

/** Returns one more file for a tree. */
export function moreFile(path: string, bytes: Uint8Array): TreeEntry {
  return { kind: "file", path, owner: "demo", executable: false, source: { bytes } };
}

/** Bytes that compress a little, so that packs are compressed; the same ones for the same seed. */
export function someBytes(size: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let state = seed * 2_654_435_761 + 1;
  for (let at = 0; at < size; at++) {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    bytes[at] = state % 7 === 0 ? state >>> 24 : 97 + ((state >>> 20) % 5);
  }
  return bytes;
}
