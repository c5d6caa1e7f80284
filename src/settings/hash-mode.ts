import type { Blueprint, Brief, BriefRequirement, SourceRequirement } from "../model/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import { markerEnvironment } from "../pythons/compatibility/index.ts";
import { safeUrl } from "../system/http/index.ts";
import { hasStrongHash } from "../vocab/hash.ts";
import { evaluateMarker } from "../vocab/requirement/index.ts";

const howTo = "pin it with `==` and give its `--hash=sha256:…` in a requirements file";

type Asked = Pick<Brief, "requirements" | "constraints" | "sources">;

/**
 * pip's hash-checking mode: what is asked for is pinned and has hashes (or is a URL with one), by its own line or a constraint's. What has
 * a marker is checked once its target is known (`checkHashesOf`). Throws `invalid-requirements-file`.
 */
export function checkHashMode({ requirements, constraints, sources = [] }: Asked): void {
  const always = ({ marker }: { readonly marker?: unknown }) => marker === undefined;
  for (const source of sources) if (always(source)) checkSource(source);
  for (const each of requirements) if (always(each.requirement)) checkRequirement(each, constraints);
}

/** And what those need in turn must have been written down as well. */
export function checkHashesOf(
  blueprint: Blueprint,
  { requirements, constraints, sources = [] }: Asked,
  /** What a lock has, with its hashes. */
  locked?: Blueprint,
): void {
  const pins = (locked?.targets ?? []).flatMap((target) => target.packages);
  const pinned = new Set<string>(pins.map(({ name }) => name));
  for (const { python, packages } of blueprint.targets) {
    const environment = markerEnvironment(python);
    const applies = ({ marker }: Pick<SourceRequirement, "marker">) =>
      marker === undefined || evaluateMarker(marker, environment, new Set());
    const held = constraints.filter(({ requirement }) => applies(requirement));
    const asked = requirements.filter(({ requirement }) => applies(requirement));
    for (const source of sources) if (applies(source)) checkSource(source);
    for (const each of asked) if (!pinned.has(each.requirement.name)) checkRequirement(each, held);
    const hashed = held.filter(({ hashes }) => hashes !== undefined);
    const named = new Set<string>([...asked, ...hashed].map(({ requirement }) => requirement.name));
    for (const { name, version, requiredBy } of packages) {
      if (named.has(name) || pinned.has(name) || requiredBy.length === 0) continue;
      throw new PosyError(
        "invalid-requirements-file",
        `\`${name}==${version}\`, which \`${requiredBy[0]}\` needs, has no hash in the requirements`,
        { hint: "with hashes, every package has to be listed: add it with its own" },
      );
    }
  }
}

function checkSource({ url, origin }: SourceRequirement): void {
  if (hasStrongHash(url)) return;
  throw new PosyError(
    "invalid-requirements-file",
    `${placeOf(origin)}\`${safeUrl(url)}\` has no hash, where every requirement must have one`,
    { hint: "name an archive or a wheel with its `#sha256=…`: folders and repositories have none" },
  );
}

function checkRequirement(
  { requirement, origin, hashes }: BriefRequirement,
  constraints: readonly BriefRequirement[],
): void {
  const own = constraints.filter((each) => each.requirement.name === requirement.name);
  const isHashed = [hashes, ...own.map((each) => each.hashes)].some((each) => each !== undefined);
  if (!isHashed && !hasStrongHash(requirement.url ?? "")) {
    throw new PosyError(
      "invalid-requirements-file",
      `${placeOf(origin)}\`${requirement.text}\` has no hash, where every requirement must have one`,
      { hint: howTo },
    );
  }
  if (requirement.url !== undefined) return;
  const specifiers = [requirement, ...own.map((each) => each.requirement)].flatMap(
    (each) => each.specifier.specifiers,
  );
  if (specifiers.some(({ operator, wildcard }) => operator === "===" || (operator === "==" && !wildcard))) {
    return;
  }
  throw new PosyError(
    "invalid-requirements-file",
    `${placeOf(origin)}\`${requirement.text}\` is not pinned, where every requirement must be`,
    { hint: howTo },
  );
}

function placeOf(origin: string): string {
  return origin === "" ? "" : `${origin}: `;
}
