/** Where a member of a wheel goes in the store. */
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

/** PEP 427 "installing a wheel": the root and `.data/{purelib,platlib}` to site-packages, the rest by scheme. */
export function placeMember(path: string, dataFolder: string): Placement {
  if (path !== dataFolder && !path.startsWith(`${dataFolder}/`)) return { area: "site", path };
  const [, scheme = "", ...rest] = path.split("/");
  const area = Object.hasOwn(areas, scheme) ? areas[scheme] : undefined;
  if (area === undefined)
    return { refused: `is in no scheme of \`.data\` that there is (${Object.keys(areas).join(", ")})` };
  if (rest.length === 0) return { refused: "is a scheme of `.data`, which are folders" };
  return { area, path: rest.join("/") };
}
