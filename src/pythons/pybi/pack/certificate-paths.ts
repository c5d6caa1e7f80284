/**
 * OpenSSL looks for certificates in a folder that its builder chose (`OPENSSLDIR`, a string in the library). Posy
 * overwrites these strings with paths that distributions have: the folder of hashed links `/etc/ssl/certs` (Debian,
 * Ubuntu, Arch, SUSE, newer Fedora), and the first of these bundles that is no longer than the old path.
 * `SSL_CERT_FILE` and `SSL_CERT_DIR` still come first. Strings are padded with NUL, so that no ELF structure changes.
 */
const bundles = ["/etc/ssl/certs/ca-bundle.crt", "/etc/pki/tls/cert.pem", "/etc/ssl/cert.pem"];

/**
 * Changes `bytes` in place, and returns whether anything was changed. `files` are the bundles to choose from; the
 * default is for Linux.
 */
export function useSystemCertificates(bytes: Uint8Array, files: readonly string[] = bundles): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let changed = false;
  for (const [marker, replace] of [
    ['OPENSSLDIR: "', (rest: string, room: number) => systemPath(rest, room, files)],
    ['ENGINESDIR: "', () => "/etc/ssl/none"],
    ['MODULESDIR: "', () => "/etc/ssl/none"],
  ] as const) {
    const at = buffer.indexOf(marker);
    if (at < 0) continue;
    const start = at + marker.length;
    const folder = buffer.subarray(start, buffer.indexOf('"', start)).toString("latin1");
    // Distributions have `/etc/ssl`, so its paths need no change.
    if (!folder.startsWith("/") || folder === "/etc/ssl") continue;
    changed = overwriteStrings(buffer, folder, replace) || changed;
  }
  return changed;
}

/** Bytes. Linux accepts no longer paths. */
const longestPath = 4096;

/** Overwrites every C string that begins with the folder, and the quoted folder in the text that OpenSSL prints. */
function overwriteStrings(
  buffer: Buffer,
  folder: string,
  replace: (rest: string, room: number) => string | undefined,
): boolean {
  let changed = false;
  for (let at = buffer.indexOf(folder); at !== -1; at = buffer.indexOf(folder, at + folder.length)) {
    const before = String.fromCharCode(buffer[at - 1] as number);
    const isQuoted = before === '"';
    if (before !== "\0" && !isQuoted) continue;
    const following = buffer.toString("latin1", at, at + longestPath);
    const [old] = (isQuoted ? /^[^\0"]*/ : /^[^\0]*/).exec(following) as unknown as [string];
    const rest = old.slice(folder.length);
    if (rest !== "" && !rest.startsWith("/")) continue;
    const path = replace(rest, old.length);
    if (path === undefined || path.length > old.length) continue;
    // Inside the printed text, spaces after the closing quote fill the rest: a NUL would end the text there.
    const text = isQuoted ? `${path}"`.padEnd(old.length + 1, " ") : path.padEnd(old.length, "\0");
    buffer.write(text, at, "latin1");
    changed = true;
  }
  return changed;
}

function systemPath(rest: string, room: number, files: readonly string[]): string | undefined {
  if (rest === "/cert.pem") return files.find((path) => path.length <= room);
  return `/etc/ssl${rest}`;
}
