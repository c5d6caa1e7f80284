// Run this after `npm install` if the registry is a mirror that lacks the packages of other platforms. npm leaves those
// optional dependencies out of package-lock.json, and `npm ci` then refuses the lock. This script adds them by name and
// version, with the platform in their names, so that one lock works on every platform.
import { readFileSync, writeFileSync } from "node:fs";

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
const systems = {
  darwin: "darwin",
  win32: "win32",
  windows: "win32",
  linux: "linux",
  freebsd: "freebsd",
  android: "android",
  openharmony: "openharmony",
};
const processors = ["arm64", "x64", "arm", "ppc64", "riscv64", "s390x", "ia32"];
let added = 0;
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const place = `node_modules/${name}`;
    if (path === "" || lock.packages[place] || lock.packages[`${path}/${place}`]) continue;
    const words = name.split("/").at(-1).split("-");
    const os = words.map((word) => systems[word]).find(Boolean);
    const cpu = words.find((word) => processors.includes(word));
    if (!os || !cpu) throw new Error(`\`${name}\` says no platform`);
    const libc = words.includes("musl") ? ["musl"] : words.includes("gnu") ? ["glibc"] : undefined;
    lock.packages[place] = {
      version,
      cpu: [cpu],
      dev: true,
      ...(libc && { libc }),
      optional: true,
      os: [os],
    };
    added += 1;
  }
}
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
);
writeFileSync("package-lock.json", `${JSON.stringify(lock, undefined, 2)}\n`);
console.log(`${added} packages of other platforms put back`);
