import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { entryPoints } from "./compile.ts";

/** An npm package whose code is in the compiled program. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** The SPDX expression of `package.json`. */
  readonly licence: string;
  readonly author: string | undefined;
  readonly homepage: string | undefined;
  /** The texts of its licence files. Some packages have none. */
  readonly licenceTexts: readonly string[];
}

/** Returns the npm packages that the bundler puts into the program, by name. */
export function bundledPackages(): readonly BundledPackage[] {
  const names = new Set<string>();
  for (const input of bundlerInputs()) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1];
    if (name !== undefined) names.add(name);
  }
  return [...names].sort().map(readPackage);
}

/** Returns the paths of all modules of the program, as the bundler lists them. */
function bundlerInputs(): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "posy-bundle-"));
  try {
    const metafile = join(folder, "meta.json");
    const { status, stderr, error } = spawnSync(
      join("node_modules", "bun", "bin", "bun.exe"),
      [
        "build",
        "--target=bun",
        "--splitting",
        "--root=src",
        ...entryPoints,
        `--outdir=${folder}`,
        `--metafile=${metafile}`,
      ],
      { encoding: "utf8" },
    );
    if (status !== 0) throw error ?? new Error(`\`bun build\` failed\n${stderr}`);
    return Object.keys(JSON.parse(readFileSync(metafile, "utf8")).inputs);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readPackage(name: string): BundledPackage {
  const folder = join("node_modules", name);
  const { version, license, author, homepage } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  if (typeof license !== "string") throw new Error(`\`${name}\` does not state its licence`);
  const files = readdirSync(folder)
    .filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file))
    .sort();
  return {
    name,
    version,
    licence: license,
    author: typeof author === "string" ? author : author?.name,
    homepage: typeof homepage === "string" ? homepage : undefined,
    licenceTexts: files.map((file) => readFileSync(join(folder, file), "utf8")),
  };
}
