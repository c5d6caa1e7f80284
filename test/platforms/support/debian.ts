import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { platformCache, runOrThrow } from "./tools.ts";

/** Returns the URL of the mirror from which this machine gets Debian's packages. */
export function debianMirror(): string {
  const [url] = runOrThrow([
    "apt-get",
    "indextargets",
    "--format",
    "$(REPO_URI)",
    "Created-By: Packages",
  ]).split("\n");
  if (!url) throw new Error("apt-get has no index of packages: run `apt-get update`");
  return url;
}

const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * Returns an `apt-get` with package lists of its own, for any release (`bookworm`) and architecture (`arm64`). The
 * lists of this machine are not touched. `kind` says whether it gets packages (`deb`) or sources (`deb-src`).
 */
function aptGet(suite: string, architecture: string, kind: "deb" | "deb-src"): readonly string[] {
  const state = join(platformCache, `apt-${suite}-${kind === "deb" ? architecture : "source"}`);
  for (const name of ["lists/partial", "cache/archives/partial"]) {
    mkdirSync(join(state, name), { recursive: true });
  }
  const sources = join(state, "sources.list");
  writeFileSync(sources, `${kind} [signed-by=${keyring}] ${debianMirror()} ${suite} main\n`);
  const apt = [
    "apt-get",
    "--quiet",
    ...[
      `Dir::Etc::SourceList=${sources}`,
      "Dir::Etc::SourceParts=/dev/null",
      `Dir::State::Lists=${join(state, "lists")}`,
      "Dir::State::Status=/dev/null",
      `Dir::Cache=${join(state, "cache")}`,
      `APT::Architecture=${architecture}`,
      `APT::Architectures=${architecture}`,
      "APT::Sandbox::User=root",
      "Acquire::Languages=none",
    ].flatMap((option) => ["--option", option]),
  ];
  runOrThrow([...apt, "update"]);
  return apt;
}

/** Unpacks Debian packages of any release and architecture into a folder, without installing them. */
export function unpackPackages(
  folder: string,
  suite: string,
  architecture: string,
  names: readonly string[],
): void {
  const apt = aptGet(suite, architecture, "deb");
  const downloads = mkdtempSync(join(platformCache, "packages-"));
  try {
    runOrThrow([...apt, "download", ...names], { cwd: downloads });
    mkdirSync(folder, { recursive: true });
    for (const file of readdirSync(downloads)) runOrThrow(["dpkg-deb", "-x", join(downloads, file), folder]);
  } finally {
    rmSync(downloads, { recursive: true, force: true });
  }
}

/** Downloads the archives of a Debian source package into a folder. */
export function downloadSource(folder: string, suite: string, name: string): void {
  runOrThrow([...aptGet(suite, "amd64", "deb-src"), "source", "--download-only", name], { cwd: folder });
}

/** Returns a folder that `make` fills once for all test runs. A run that fails leaves none. */
export function cachedFolder(name: string, make: (folder: string) => void): string {
  const folder = join(platformCache, name);
  if (existsSync(folder)) return folder;
  mkdirSync(platformCache, { recursive: true });
  const work = mkdtempSync(join(platformCache, `${name}-`));
  try {
    make(work);
    renameSync(work, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}
