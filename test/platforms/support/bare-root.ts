import { copyFileSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cachedFolder, debianMirror } from "./debian.ts";
import { certificates, networkVariables, runOrThrow } from "./tools.ts";

/** An old release, whose glibc 2.31 is older than that of most machines. */
const suite = "bullseye";

/** Returns the root folder of a minimal Debian: no Python, no Node, no certificates, no curl. Takes a minute once. */
export function bareRoot(): string {
  return cachedFolder("bare-root", (folder) => {
    runOrThrow(["debootstrap", "--variant=minbase", suite, folder, debianMirror()]);
    for (const cached of ["var/cache/apt", "var/lib/apt/lists"]) {
      rmSync(join(folder, cached), { recursive: true, force: true });
    }
  });
}

/**
 * Copies what a root folder needs for this machine's network: the addresses of the name servers, and the certificates
 * of a proxy if there is one. Returns the variables for programs in it.
 */
export function connectRoot(root: string): Record<string, string> {
  copyFileSync("/etc/resolv.conf", join(root, "etc", "resolv.conf"));
  if (certificates === undefined || !existsSync(certificates)) return { ...networkVariables };
  copyFileSync(certificates, join(root, "proxy-certificates.pem"));
  return { ...networkVariables, SSL_CERT_FILE: "/proxy-certificates.pem" };
}
