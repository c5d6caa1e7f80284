import { normalizeName, type PackageName } from "../requirement/index.ts";

/**
 * Whether a folder of a wheel is the `.dist-info` of a package. As pip and uv do, this accepts any spelling of the name
 * (`Foo.Bar-1.0`) and any version, since tools have escaped versions differently (`1.0_local` for `1.0+local`). Who
 * reads METADATA compares the version.
 */
export function isDistInfoOf(folder: string, name: PackageName): boolean {
  if (!folder.endsWith(".dist-info")) return false;
  const stem = normalizeName(folder.slice(0, -".dist-info".length));
  return stem === name || stem.startsWith(`${name}-`);
}
