import type { Blueprint } from "../../blueprint/blueprint.ts";
import type { BriefRequirement, SourceRequirement } from "../../blueprint/brief.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { safeUrl } from "../../system/http/safe-url.ts";

const howTo = "pin it with `==` and give its `--hash=sha256:…` in a requirements file";

/** pip's hash-checking mode: what is asked for is pinned and has hashes (or is a URL with one). Throws `usage`. */
export function checkHashMode(
  requirements: readonly BriefRequirement[],
  sources: readonly SourceRequirement[],
): void {
  for (const { url, origin } of sources) {
    if (/#.*\bsha(256|384|512)=/.test(url)) continue;
    throw new PosyError(
      "invalid-requirements-file",
      `${origin === "" ? "" : `${origin}: `}\`${safeUrl(url)}\` has no hash, where every requirement must have one`,
      { hint: "name an archive or a wheel with its `#sha256=…`: folders and repositories have none" },
    );
  }
  for (const { requirement, origin, hashes } of requirements) {
    const where = origin === "" ? "" : `${origin}: `;
    const ownHash = /#.*\bsha(256|384|512)=/.test(requirement.url ?? "");
    if (hashes === undefined && !ownHash) {
      throw new PosyError(
        "invalid-requirements-file",
        `${where}\`${requirement.text}\` has no hash, where every requirement must have one`,
        { hint: howTo },
      );
    }
    if (requirement.url !== undefined) continue;
    const { specifiers } = requirement.specifier;
    if (!specifiers.some(({ operator }) => operator === "==" || operator === "===")) {
      throw new PosyError(
        "invalid-requirements-file",
        `${where}\`${requirement.text}\` is not pinned, where every requirement must be`,
        { hint: howTo },
      );
    }
  }
}

/** And what those need in turn must have been written down as well. */
export function checkHashesOf(
  blueprint: Blueprint,
  requirements: readonly BriefRequirement[],
  /** What a lock has, with its hashes. */
  locked?: Blueprint,
): void {
  const pins = (locked?.targets ?? []).flatMap(({ packages }) => packages);
  const named = new Set<string>([
    ...requirements.map(({ requirement }) => requirement.name),
    ...pins.map(({ name }) => name),
  ]);
  for (const { packages } of blueprint.targets) {
    for (const { name, version, requiredBy } of packages) {
      if (named.has(name)) continue;
      throw new PosyError(
        "invalid-requirements-file",
        `\`${name}==${version}\`, which \`${requiredBy[0] ?? "a package"}\` needs, has no hash in the requirements`,
        { hint: "with hashes, every package has to be listed: add it with its own" },
      );
    }
  }
}
