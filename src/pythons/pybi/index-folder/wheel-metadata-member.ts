import { normalizeName, type PackageName } from "../../../vocab/requirement/index.ts";

/** METADATA in the `.dist-info` of a wheel that is its own; undefined where there is none. */
export function wheelMetadataMember(paths: readonly string[], name: PackageName): string | undefined {
  return paths.find((path) => {
    const [, distribution] = /^([^/]+)-[^-/]+\.dist-info\/METADATA$/.exec(path) ?? [];
    return distribution !== undefined && normalizeName(distribution) === name;
  });
}
