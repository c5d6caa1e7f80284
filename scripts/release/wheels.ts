import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type NewZipMember, writeZip } from "../../src/system/archives/index.ts";
import { binaryName, type ReleaseTarget } from "./targets.ts";

/** The platform tags of the wheels (PEP 425, 600, 656): the oldest systems that Bun's programs run on. */
const tags: Readonly<Record<string, readonly string[]>> = {
  "linux-x86_64": ["manylinux_2_17_x86_64", "manylinux2014_x86_64"],
  "linux-aarch64": ["manylinux_2_17_aarch64", "manylinux2014_aarch64"],
  "linux-x86_64-musl": ["musllinux_1_2_x86_64"],
  "linux-aarch64-musl": ["musllinux_1_2_aarch64"],
  "macos-x86_64": ["macosx_13_0_x86_64"],
  "macos-arm64": ["macosx_13_0_arm64"],
  "windows-x86_64": ["win_amd64"],
  "windows-arm64": ["win_arm64"],
};

/** Returns the file name of the wheel for a platform. */
export function wheelName(version: string, { platform }: ReleaseTarget): string {
  return `posy-${version}-py3-none-${tags[platform]?.join(".")}.whl`;
}

/**
 * Writes the wheel for a platform. It has the program as a script, so that pip, uv and pipx put it into the PATH of an
 * environment. `release` is the folder of the compiled programs.
 */
export async function writeWheel(
  folder: string,
  release: string,
  target: ReleaseTarget,
  { version, description }: { version: string; description: string },
): Promise<void> {
  const info = `posy-${version}.dist-info`;
  const script = target.platform.startsWith("windows-") ? "posy.exe" : "posy";
  const binary = join(release, binaryName(target));
  const licences = readFileSync(join(release, "LICENSES.txt"), "utf8");
  const metadata = [
    "Metadata-Version: 2.4",
    "Name: posy",
    `Version: ${version}`,
    `Summary: ${description}`,
    "License-Expression: MIT",
    "License-File: LICENSES.txt",
    "Requires-Python: >=3.8",
    "Description-Content-Type: text/markdown",
    "",
    readFileSync("README.md", "utf8"),
  ].join("\n");
  const wheel = [
    "Wheel-Version: 1.0",
    `Generator: posy (${version})`,
    "Root-Is-Purelib: false",
    ...(tags[target.platform] ?? []).map((tag) => `Tag: py3-none-${tag}`),
    "",
  ].join("\n");
  const texts: readonly (readonly [path: string, text: string])[] = [
    [`${info}/METADATA`, metadata],
    [`${info}/WHEEL`, wheel],
    [`${info}/licenses/LICENSES.txt`, licences],
  ];
  const scriptPath = `posy-${version}.data/scripts/${script}`;
  const row = (path: string, bytes: string | Uint8Array) =>
    `${path},sha256=${createHash("sha256").update(bytes).digest("base64url")},${Buffer.byteLength(bytes)}\n`;
  const record = [
    row(scriptPath, readFileSync(binary)),
    ...texts.map(([path, text]) => row(path, text)),
    `${info}/RECORD,,\n`,
  ].join("");
  const members: NewZipMember[] = [
    { path: scriptPath, mode: 0o755, kind: "file", data: { file: binary } },
    ...[...texts, [`${info}/RECORD`, record] as const].map(
      ([path, data]): NewZipMember => ({ path, mode: 0o644, kind: "file", data }),
    ),
  ];
  await writeZip(join(folder, wheelName(version, target)), members);
}
