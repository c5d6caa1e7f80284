import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { posyCommand, seedHome } from "../../support/posy.ts";
import { removeFolder } from "../../support/remove-folder.ts";
import { cachedFolder, unpackPackages } from "./debian.ts";
import { platformCache, runOrThrow } from "./tools.ts";

type Architecture = "x86_64" | "aarch64";

/** A release of Debian with musl 1.2.5. Older ones cannot load the libraries below (no relative relocations). */
const suite = "trixie";
/** A wheel with the C++ libraries for musl, which no Debian package has: `contourpy.libs/libstdc++-….so.6`. */
const wheel = "contourpy==1.3.0";

/**
 * Returns a root folder with musl, its C++ libraries, and a static busybox as its shell. That is what Alpine has, too.
 */
export async function muslRoot(architecture: Architecture): Promise<string> {
  // The command below needs an interpreter for this machine.
  const home = await seedHome();
  return cachedFolder(`musl-${architecture}`, (folder) => {
    const debian = architecture === "aarch64" ? "arm64" : "amd64";
    const unpacked = mkdtempSync(join(platformCache, "musl-"));
    try {
      unpackPackages(unpacked, suite, debian, ["musl", "busybox-static"]);
      runOrThrow(["cp", "-a", join(unpacked, "usr"), folder]);
      for (const name of ["etc", "root", "tmp", "proc", "dev"]) mkdirSync(join(folder, name));
      for (const name of ["bin", "sbin", "lib"]) symlinkSync(`usr/${name}`, join(folder, name));
      // Some releases have busybox in /bin, some in /usr/bin.
      runOrThrow([
        "sh",
        "-c",
        `cp -an "${unpacked}"/bin "${unpacked}"/lib "${folder}/usr/" 2>/dev/null || true`,
      ]);
      mkdirSync(join(folder, "usr", "sbin"), { recursive: true });
      for (const name of ["sh", "ls", "cat"]) symlinkSync("busybox", join(folder, "usr", "bin", name));
      copyCppLibraries(home, architecture, join(folder, "usr", "lib"));
    } finally {
      rmSync(unpacked, { recursive: true, force: true });
    }
  });
}

/** Downloads the wheel with pip, which Posy brings, and copies the libraries under the names that programs look for. */
function copyCppLibraries(home: string, architecture: Architecture, folder: string): void {
  const work = mkdtempSync(join(platformCache, "wheel-"));
  try {
    const pip = "run --no-project --with pip -- python -m pip download --quiet --no-deps --only-binary :all:";
    const wanted = `--python-version 3.13 --platform musllinux_1_2_${architecture} --dest`;
    runOrThrow([...posyCommand, ...pip.split(" "), ...wanted.split(" "), work, wheel], {
      env: { ...process.env, POSY_HOME: home, POSY_PYTHON_MIRROR: "off", UV_NO_CONFIG: "1" },
    });
    const [archive = ""] = readdirSync(work);
    const unzip = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])";
    runOrThrow(
      [
        ...posyCommand,
        "run",
        "--no-project",
        "--",
        "python",
        "-c",
        unzip,
        join(work, archive),
        join(work, "out"),
      ],
      { env: { ...process.env, POSY_HOME: home, POSY_PYTHON_MIRROR: "off", UV_NO_CONFIG: "1" } },
    );
    const libraries = join(work, "out", "contourpy.libs");
    for (const name of readdirSync(libraries)) {
      runOrThrow(["cp", join(libraries, name), folder]);
      // A link, since one library refers to the other by its new name and must not be loaded twice.
      if (name.startsWith("libstdc++-")) symlinkSync(name, join(folder, "libstdc++.so.6"));
      if (name.startsWith("libgcc_s-")) symlinkSync(name, join(folder, "libgcc_s.so.1"));
    }
  } finally {
    removeFolder(work);
  }
}
