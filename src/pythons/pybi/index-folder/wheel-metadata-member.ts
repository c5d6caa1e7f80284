import { normalizeName, type PackageName } from "../../../vocab/requirement/index.ts";

/** Returns the path of METADATA in the `.dist-info` of a wheel's own project; undefined if there is none. */
export function wheelMetadataMember(paths: readonly string[], name: PackageName): string | undefined {
  return paths.find((path) => {
    const [, distribution] = /^([^/]+)-[^-/]+\.dist-info\/METADATA$/.exec(path) ?? [];
    return distribution !== undefined && normalizeName(distribution) === name;
  });
}
