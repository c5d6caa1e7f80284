import { isUnwanted } from "./unwanted-files.ts";

/**
 * Returns the path in PEP 711's layout of a file of an installed Python for Windows: files that starting Python needs
 * are next to `python.exe` in `Scripts`. Undefined for files that are left out.
 */
export function windowsTreePath(path: string): string | undefined {
  if (/^(pythonw?\.exe|python\d+t?\.dll|vcruntime[^/]*\.dll|msvcp[^/]*\.dll)$/i.test(path))
    return `Scripts/${path}`;
  const [folder = "", ...rest] = path.split("/");
  const inside = rest.join("/");
  if (inside === "") return undefined;
  switch (folder.toLowerCase()) {
    case "lib":
      return isUnwanted(inside) ? undefined : `Lib/${inside}`;
    case "dlls":
      return isUnwanted(inside) || !/\.(pyd|dll)$/i.test(inside) ? undefined : `DLLs/${inside}`;
    case "include":
      return `Include/${inside}`;
    case "libs":
      return `libs/${inside}`;
    case "tcl":
      return `tcl/${inside}`;
    default:
      return undefined;
  }
}

/** Does the same for a file of the embeddable zip, which is flat; its standard library is in a zip of its own. */
export function embeddableTreePath(path: string): string | undefined {
  if (/^(pythonw?\.exe|python\d+t?\.dll|vcruntime[^/]*\.dll)$/i.test(path)) return `Scripts/${path}`;
  return /^[^/]+\.(pyd|dll)$/i.test(path) ? `DLLs/${path}` : undefined;
}
