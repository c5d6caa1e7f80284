import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { TestIndex } from "./index-server.ts";
import { type NewTarMember, writeTar } from "./tar-writer.ts";

/** An archive with the layout of python-build-standalone. Its Python is a shell script. */
export interface TestArchive {
  readonly filename: string;
  readonly bytes: Buffer;
  readonly sha256: string;
}

export const linux = "x86_64-unknown-linux-gnu";

/** Makes an archive. `version` is `3.13.5+20250612`; `rest` is the file name after it. */
export function testArchive(
  version: string,
  rest = `${linux}-install_only_stripped.tar.gz`,
  members = unixMembers(version),
): TestArchive {
  const filename = `cpython-${version}-${rest}`;
  const bytes = gzipSync(writeTar(members));
  return { filename, bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
}

function unixMembers(version: string): readonly NewTarMember[] {
  const python = `python${version.split(".").slice(0, 2).join(".")}`;
  return [
    { path: "python/bin/python", target: python },
    { path: `python/bin/${python}`, data: `#!/bin/sh\necho fake ${version}\n`, mode: 0o755 },
    { path: `python/lib/${python}/os.py`, data: "" },
  ];
}

/** Returns the text of `SHA256SUMS` of a release with these archives. */
export function sumsOf(archives: readonly Pick<TestArchive, "filename" | "sha256">[]): string {
  return archives.map(({ filename, sha256 }) => `${sha256}  ${filename}\n`).join("");
}

/** Serves files at `root` of the server of a test index, by relative name. */
export function serve(
  index: TestIndex,
  root: string,
  files: Readonly<Record<string, string | Buffer>>,
): void {
  for (const [name, body] of Object.entries(files)) {
    index.always(name === "" ? `${root}/` : `${root}/${name}`, {
      status: 200,
      body,
      headers: { "content-type": "application/octet-stream" },
    });
  }
}
