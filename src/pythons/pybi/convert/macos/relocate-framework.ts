import { posix } from "node:path";
import { editMachO, isMachO } from "../../../../system/binaries/index.ts";
import type { Interpreter } from "../../../../model/index.ts";
import { useSystemCertificates } from "../../pack/index.ts";
import { relocate } from "../../../extract/index.ts";

/** Where the installer puts it. */
const home = "/Library/Frameworks";

/**
 * Takes the folder that a framework is installed to out of a file: `path` is relative to its version's folder. Programs
 * and libraries find each other from where they lie (`@loader_path`); OpenSSL's certificates are the system's.
 */
export function relocateFramework(path: string, bytes: Uint8Array, { paths }: Interpreter): Uint8Array {
  const root = `${home}/${paths.data}`;
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
  const frameworks = new RegExp(`${home}(?=['"\\s]|$)`, "gm");
  return Buffer.from(latin1.replace(frameworks, `${prefix}/../../..`), "latin1");
}
