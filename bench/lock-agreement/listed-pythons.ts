import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The version that Posy's catalogue has of each minor version for Linux on x86_64. */
const versions = ["3.10.8", "3.11.3", "3.12.1", "3.13.5", "3.14.3"];
const triples = [
  "aarch64-unknown-linux-gnu",
  "aarch64-apple-darwin",
  "x86_64-apple-darwin",
  "x86_64-pc-windows-msvc",
];

/**
 * Creates a folder for `--python-mirror` that lists every Python for the other platforms. Locking does not fetch the
 * listed Pythons, so all targets have an interpreter on any machine.
 */
export function listPythons(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const names = versions.flatMap((version) =>
    triples.map((triple) => `cpython-${version}+20260203-${triple}-install_only_stripped.tar.gz`),
  );
  for (const name of names) writeFileSync(join(folder, name), "");
  const sums = names.map((name) => `${createHash("sha256").update(name).digest("hex")}  ${name}\n`);
  writeFileSync(join(folder, "SHA256SUMS"), sums.join(""));
}
