import type { Blueprint, Brief, BriefRequirement, SourceRequirement } from "../model/index.ts";
import { PosyError } from "../errors/posy-error.ts";
import { markerEnvironment } from "../pythons/compatibility/index.ts";
import { safeUrl } from "../system/http/index.ts";
import { hasStrongHash } from "../vocab/hash.ts";
import { evaluateMarker } from "../vocab/requirement/index.ts";

const howTo = "pin it with `==` and give its `--hash=sha256:…` in a requirements file";

type Requested = Pick<Brief, "requirements" | "constraints" | "sources">;

/**
 * Checks requirements as pip's hash-checking mode does. Each must be pinned and have hashes, in its own line or in a
 * constraint, or be a URL with a hash. A requirement with a marker is checked when the targets are known
 * (`checkHashesOf`). Throws `invalid-requirements-file`.
 */
export function checkHashMode({ requirements, constraints, sources = [] }: Requested): void {
  const always = ({ marker }: { readonly marker?: unknown }) => marker === undefined;
  for (const source of sources) if (always(source)) checkSource(source);
  for (const entry of requirements) if (always(entry.requirement)) checkRequirement(entry, constraints);
}

/**
 * Checks a Blueprint in hash-checking mode: dependencies of the requirements must be listed with a hash, too.
 * Packages of `locked` have their hashes in the lock. Throws `invalid-requirements-file`.
 */
export function checkHashesOf(
  blueprint: Blueprint,
  { requirements, constraints, sources = [] }: Requested,
  locked?: Blueprint,
): void {
  const pins = (locked?.targets ?? []).flatMap((target) => target.packages);
  const pinned = new Set<string>(pins.map(({ name }) => name));
  for (const { python, packages } of blueprint.targets) {
    const environment = markerEnvironment(python);
    const applies = ({ marker }: Pick<SourceRequirement, "marker">) =>
      marker === undefined || evaluateMarker(marker, environment, new Set());
    const constraintsHere = constraints.filter(({ requirement }) => applies(requirement));
    const applicable = requirements.filter(({ requirement }) => applies(requirement));
    for (const source of sources) if (applies(source)) checkSource(source);
    for (const entry of applicable) {
      if (!pinned.has(entry.requirement.name)) checkRequirement(entry, constraintsHere);
    }
    const hashed = constraintsHere.filter(({ hashes }) => hashes !== undefined);
    const named = new Set<string>([...applicable, ...hashed].map(({ requirement }) => requirement.name));
    for (const { name, version, requiredBy } of packages) {
      if (named.has(name) || pinned.has(name) || requiredBy.length === 0) continue;
      throw new PosyError(
        "invalid-requirements-file",
        `\`${name}==${version}\`, which \`${requiredBy[0]}\` needs, has no hash in the requirements`,
        { hint: "with hashes, every package has to be listed: add it with its hash" },
      );
    }
  }
}

function checkSource({ url, origin }: SourceRequirement): void {
  if (hasStrongHash(url)) return;
  throw new PosyError(
    "invalid-requirements-file",
    `${prefixOf(origin)}\`${safeUrl(url)}\` has no hash, where every requirement must have one`,
    { hint: "name an archive or a wheel with its `#sha256=…`: folders and repositories have none" },
  );
}

function checkRequirement(
  { requirement, origin, hashes }: BriefRequirement,
  constraints: readonly BriefRequirement[],
): void {
  const matching = constraints.filter((constraint) => constraint.requirement.name === requirement.name);
  const isHashed = [hashes, ...matching.map((constraint) => constraint.hashes)].some(
    (entry) => entry !== undefined,
  );
  if (!isHashed && !hasStrongHash(requirement.url ?? "")) {
    throw new PosyError(
      "invalid-requirements-file",
      `${prefixOf(origin)}\`${requirement.text}\` has no hash, where every requirement must have one`,
      { hint: howTo },
    );
  }
  if (requirement.url !== undefined) return;
  const specifiers = [requirement, ...matching.map((constraint) => constraint.requirement)].flatMap(
    ({ specifier }) => specifier.specifiers,
  );
  if (specifiers.some(({ operator, wildcard }) => operator === "===" || (operator === "==" && !wildcard))) {
    return;
  }
  throw new PosyError(
    "invalid-requirements-file",
    `${prefixOf(origin)}\`${requirement.text}\` is not pinned, where every requirement must be`,
    { hint: howTo },
  );
}

function prefixOf(origin: string): string {
  return origin === "" ? "" : `${origin}: `;
}
