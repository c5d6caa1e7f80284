import type { Posy } from "../../posy.ts";
import { exportText } from "../export/export-text.ts";
import type { ApplicationBlueprint } from "./application-blueprint.ts";

/** Returns the bill of materials of an application: CycloneDX as JSON. Paths are relative to the absolute `folder`. */
export function billOfMaterials(
  { lock, blueprint }: ApplicationBlueprint,
  folder: string,
  { db }: Posy,
): Promise<string> {
  const options = { folder, hashes: true, annotate: false, indexOptions: [], db };
  return exportText("cyclonedx", lock, blueprint, options);
}
