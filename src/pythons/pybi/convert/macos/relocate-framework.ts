import { posix } from "node:path";
import { editMachO, isMachO } from "../../../../system/binaries/index.ts";
import type { Interpreter } from "../../../../model/index.ts";
import { useSystemCertificates } from "../../pack/index.ts";
import { relocate } from "../../../extract/index.ts";

/** The folder that the installer writes the framework to. */
const frameworksFolder = "/Library/Frameworks";

/**
 * Removes the folder that a framework is installed to from a file. `path` is relative to the folder of its version.
 * Programs and libraries find each other by relative paths (`@loader_path`). OpenSSL uses the system's certificates.
 */
export function relocateFramework(path: string, bytes: Uint8Array, { paths }: Interpreter): Uint8Array {
  const root = `${frameworksFolder}/${paths.data}`;
  if (isMachO(bytes)) {
    const renamed = (name: string): string | undefined => {
      if (!name.startsWith(`${root}/`)) return undefined;
      return `@loader_path/${posix.relative(posix.dirname(path), name.slice(root.length + 1))}`;
    };
    const change = (slice: Buffer) => useSystemCertificates(slice, ["/etc/ssl/cert.pem"]);
    return editMachO(bytes, { renamed, id: `@rpath/${paths.data}/${path}`, change }, path);
  }
  const stdlib = posix.relative(paths.data, paths.stdlib);
  const escaped = root.replaceAll(".", "\\.");
  const text = relocate(
    path,
    bytes,
    { paths: { ...paths, stdlib } },
    new RegExp(`${escaped}(?![\\w.-])`, "g"),
  );
  if (!/\/(_sysconfigdata[^/]*\.py|Makefile)$/.test(path)) return text;
  const prefix = path.endsWith("Makefile") ? "$(prefix)" : "@prefix@";
  const latin1 = Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString("latin1");
  const frameworks = new RegExp(`${frameworksFolder}(?=['"\\s]|$)`, "gm");
  return Buffer.from(latin1.replace(frameworks, `${prefix}/../../..`), "latin1");
}
