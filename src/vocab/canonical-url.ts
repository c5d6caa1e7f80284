/** What a URL requirement may say in several ways, in one: see `canonicalUrl`. */
const parts = /^(git\+)?([a-z][a-z0-9.-]*):\/\/([^/?#]*)([^?#]*)(.*)$/is;
const defaultPorts: Readonly<Record<string, string>> = { http: "80", https: "443", ssh: "22", git: "9418" };

/**
 * The same text for URLs that are spelled differently and mean the same (RFC 3986, section 6.2.2 and 6.2.3): the case of
 * scheme and host, default ports, `.` and `..`, percent-encoding of what needs none, `localhost` and a trailing `/` in
 * `file:` URLs, a trailing `/` of repositories. Logins, queries and fragments stay as they are; so does what is no such URL.
 * Undefined where the path of a `file:` URL has an encoded `/` or NUL, which no path can have.
 */
export function canonicalUrl(url: string): string | undefined {
  const written = /^(git\+)?file:\/(?!\/)/i.test(url) ? url.replace(/file:/i, "file://") : url;
  const [, vcs = "", scheme = "", authority = "", path = "", rest = ""] = parts.exec(written) ?? [];
  const transport = scheme.toLowerCase();
  if (transport !== "file" && defaultPorts[transport] === undefined) return url;
  const at = vcs === "" ? -1 : revisionAt(path);
  const location = at === -1 ? path : path.slice(0, at);
  const revision = at === -1 ? "" : `@${path.slice(at + 1).replaceAll(/%2f/gi, "/")}`;
  let plain = withoutDots(location);
  if (transport === "file") {
    if (/%(2f|00)|\0/i.test(plain)) return undefined;
    plain = plain.split("/").map(encoded).join("/");
  } else plain = unreserved(plain);
  if (transport === "file" || vcs !== "") plain = plain.replace(/(?<=[^/:])\/+$/, "");
  return `${vcs.toLowerCase()}${transport}://${canonicalAuthority(authority, transport)}${plain}${revision}${rest}`;
}

/** Behind a `/` it begins a name (`/@scope/project`). */
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

/** RFC 3986, section 5.2.4. */
function withoutDots(path: string): string {
  const segments = path.split("/");
  const kept: string[] = [];
  segments.forEach((segment, index) => {
    const plain = segment.replaceAll(/%2e/gi, ".");
    const isLast = index === segments.length - 1;
    if (plain !== "." && plain !== "..") kept.push(segment);
    else {
      // The root stays: above it is nothing.
      if (plain === ".." && kept.length > 1) kept.pop();
      if (isLast) kept.push("");
    }
  });
  return kept.join("/");
}

/** A part of a path as `pathToFileURL` writes it, however it was written. `@` would begin a revision. */
function encoded(segment: string): string {
  const bytes = segment.replaceAll(/%(?![0-9a-f]{2})/gi, "%25");
  let again: string;
  try {
    again = encodeURI(decodeURIComponent(bytes))
      .replaceAll(/[?#]/g, encodeURIComponent)
      .replaceAll("~", "%7E");
  } catch {
    // Not UTF-8: only the spelling of its digits can be put right.
    return unreserved(bytes);
  }
  const hidden = /%40/.test(segment);
  return hidden ? again.replaceAll("@", "%40") : again;
}

/** Undoes the encoding of what needs none (RFC 3986, section 2.3), writes what is beyond ASCII encoded, and digits in capitals. */
function unreserved(path: string): string {
  return path.replaceAll(/[^\0-\x7f\p{Cs}]+/gu, encodeURIComponent).replaceAll(/%[0-9a-f]{2}/gi, (code) => {
    const plain = String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return /[\w.~-]/.test(plain) ? plain : code.toUpperCase();
  });
}
