/** `git+`, scheme, authority, path, and the rest (query and fragment). */
const parts = /^(git\+)?([a-z][a-z0-9.-]*):\/\/([^/?#]*)([^?#]*)(.*)$/is;
const defaultPorts: Readonly<Record<string, string>> = { http: "80", https: "443", ssh: "22", git: "9418" };

/**
 * Returns the same text for URLs that are spelled differently and mean the same (RFC 3986, sections 6.2.2 and 6.2.3).
 * It normalises the case of scheme and host, default ports, `.` and `..`, needless percent-encoding, `localhost` in
 * `file:` URLs, and a trailing `/` of `file:` URLs and repositories. Logins, queries and fragments stay as they are,
 * and so does a text of another scheme. Undefined if the path of a `file:` URL has an encoded `/` or NUL, which no
 * path can have.
 */
export function canonicalUrl(url: string): string | undefined {
  const written = /^(git\+)?file:\/(?!\/)/i.test(url) ? url.replace(/file:/i, "file://") : url;
  const [, vcs = "", scheme = "", authority = "", path = "", rest = ""] = parts.exec(written) ?? [];
  const transport = scheme.toLowerCase();
  if (transport !== "file" && defaultPorts[transport] === undefined) return url;
  const atSign = vcs === "" ? -1 : revisionAt(path);
  const location = atSign === -1 ? path : path.slice(0, atSign);
  const revision = atSign === -1 ? "" : `@${path.slice(atSign + 1).replaceAll(/%2f/gi, "/")}`;
  let plain = withoutDots(location);
  if (transport === "file") {
    if (/%(2f|00)|\0/i.test(plain)) return undefined;
    plain = plain.split("/").map(encoded).join("/");
  } else plain = unreserved(plain);
  if (transport === "file" || vcs !== "") plain = plain.replace(/(?<=[^/:])\/+$/, "");
  if (vcs !== "") plain = unambiguous(plain, atSign !== -1);
  return `${vcs.toLowerCase()}${transport}://${canonicalAuthority(authority, transport)}${plain}${revision}${rest}`;
}

/**
 * Returns the path of a repository, written so that it is read the same way again. Without its dots, `/.@v1` would be
 * `/@v1`, which has no revision, and `/x@y/@z/..` would be `/x@y`, which has one.
 */
function unambiguous(path: string, hasRevision: boolean): string {
  if (hasRevision) return path.endsWith("/") ? `${path}.` : path;
  return revisionAt(path) === -1 ? path : path.replaceAll("@", "%40");
}

/** Returns the index of the `@` before a revision, or -1. After a `/`, `@` begins a name (`/@scope/project`). */
function revisionAt(path: string): number {
  const last = path.lastIndexOf("@");
  return path[last - 1] === "/" ? -1 : last;
}

function canonicalAuthority(authority: string, transport: string): string {
  const separator = authority.lastIndexOf("@") + 1;
  const host = authority.slice(separator).toLowerCase();
  if (transport === "file" && host === "localhost") return "";
  const port = `:${defaultPorts[transport] ?? ""}`;
  return (
    authority.slice(0, separator) + (port !== ":" && host.endsWith(port) ? host.slice(0, -port.length) : host)
  );
}

/** Removes `.` and `..` (RFC 3986, section 5.2.4). */
function withoutDots(path: string): string {
  const segments = path.split("/");
  const kept: string[] = [];
  segments.forEach((segment, index) => {
    const plain = segment.replaceAll(/%2e/gi, ".");
    const isLast = index === segments.length - 1;
    if (plain !== "." && plain !== "..") kept.push(segment);
    else {
      // `..` at the root stays at the root.
      if (plain === ".." && kept.length > 1) kept.pop();
      if (isLast) kept.push("");
    }
  });
  return kept.join("/");
}

/** Encodes a path segment as `pathToFileURL` does. An encoded `@` stays encoded, since `@` would begin a revision. */
function encoded(segment: string): string {
  const bytes = segment.replaceAll(/%(?![0-9a-f]{2})/gi, "%25");
  let normalized: string;
  try {
    normalized = encodeURI(decodeURIComponent(bytes))
      .replaceAll(/[?#]/g, encodeURIComponent)
      .replaceAll("~", "%7E");
  } catch {
    // It is not UTF-8, so only the spelling of the digits can be normalised.
    return unreserved(bytes);
  }
  const hasEncodedAt = /%40/.test(segment);
  return hasEncodedAt ? normalized.replaceAll("@", "%40") : normalized;
}

/** Decodes unreserved characters (RFC 3986, section 2.3), encodes non-ASCII ones, and writes hex digits in capitals. */
function unreserved(path: string): string {
  return path.replaceAll(/[^\0-\x7f\p{Cs}]+/gu, encodeURIComponent).replaceAll(/%[0-9a-f]{2}/gi, (code) => {
    const plain = String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return /[\w.~-]/.test(plain) ? plain : code.toUpperCase();
  });
}
