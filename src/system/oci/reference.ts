import { PosyError } from "../../errors/posy-error.ts";
import { redact } from "../../errors/redact.ts";
import { type Digest, parseDigest } from "./digest.ts";

/** A repository of a registry, and what is meant in it. */
export interface Reference {
  /** `host` or `host:port`. */
  readonly registry: string;
  /** The name of the repository: `team/app`. */
  readonly name: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

/** OCI Distribution Specification, "Pulling manifests": `<name>` and `<reference>` as a tag. */
const namePattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
export const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;
const registryPattern = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/**
 * Parses `oci://host[:port]/name[:tag][@digest]`, with or without `oci://`. The host is never left out, so that no
 * registry is meant by default. Throws `invalid-url`, with a message that repeats no login.
 */
export function parseReference(text: string): Reference {
  const refuse = (hint: string) =>
    new PosyError("invalid-url", `\`${redact(text)}\` is not the address of a repository in a registry`, {
      hint,
    });
  const rest = text.replace(/^oci:\/\//i, "");
  const slash = rest.indexOf("/");
  const registry = rest.slice(0, Math.max(slash, 0));
  if (registry.includes("@")) {
    throw refuse("leave the login out: Posy uses those of `docker login` and `podman login`");
  }
  const [path = "", digest, more] = rest.slice(slash + 1).split("@");
  const colon = path.indexOf(":");
  const name = colon < 0 ? path : path.slice(0, colon);
  const tag = colon < 0 ? undefined : path.slice(colon + 1);
  if (!registryPattern.test(registry) || !namePattern.test(name) || name.length > 255 || more !== undefined) {
    throw refuse(
      "write it as `oci://host/name`, with a name in lower case: `oci://registry.example.org/team/app`",
    );
  }
  if (tag !== undefined && !tagPattern.test(tag)) {
    throw refuse("a tag has up to 128 letters, digits, `.`, `_` and `-`");
  }
  return {
    registry: registry.toLowerCase(),
    name,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest: parseDigest(digest) }),
  };
}

/** Returns `oci://host/name`. */
export function formatLocation({ registry, name }: Pick<Reference, "registry" | "name">): string {
  return `oci://${registry}/${name}`;
}

/** Whether a registry is on this machine. Like docker, Posy speaks plain HTTP with it if it has no TLS. */
export function isLoopback(registry: string): boolean {
  const host = registry.replace(/:\d+$/, "");
  return (
    host === "localhost" ||
    host.endsWith(".localhost") ||
    host === "[::1]" ||
    /^127(\.\d{1,3}){3}$/.test(host)
  );
}
