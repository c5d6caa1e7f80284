import { exportText } from "../export/export-text.ts";
import type { OpenedApplication } from "./open-application.ts";

/** Returns the bill of materials of an application: CycloneDX as JSON. Paths are relative to the absolute `folder`. */
export function billOfMaterials(
  { lock, blueprint, posy }: OpenedApplication,
  folder: string,
): Promise<string> {
  return exportText("cyclonedx", lock, blueprint, {
    folder,
    hashes: true,
    annotate: false,
    indexOptions: [],
    db: posy.db,
  });
}
