/** The path of a wheel's member in the store, or why it has none. */
export type Placement =
  | { readonly area: "site" | "data" | "headers" | "scripts"; readonly path: string }
  | { readonly refused: string };

const areas: Readonly<Record<string, "site" | "data" | "headers" | "scripts">> = {
  purelib: "site",
  platlib: "site",
  data: "data",
  headers: "headers",
  scripts: "scripts",
};

/**
 * Returns the path of a wheel's member in the store. By PEP 427 ("installing a wheel") the root and
 * `.data/{purelib,platlib}` go to site-packages, the rest goes by the name of its scheme.
 */
export function placeMember(path: string, dataFolders: ReadonlySet<string>): Placement {
  const [top = "", scheme = "", ...rest] = path.split("/");
  if (!dataFolders.has(top)) return { area: "site", path };
  const area = Object.hasOwn(areas, scheme) ? areas[scheme] : undefined;
  if (area === undefined)
    return { refused: `is in none of the schemes of \`.data\` (${Object.keys(areas).join(", ")})` };
  if (rest.length === 0) return { refused: "is a scheme of `.data` and not a folder" };
  return { area, path: rest.join("/") };
}
