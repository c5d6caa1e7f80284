import { loadCatalogue } from "../catalogue/load-catalogue.ts";
import { placeJar } from "../place/place-jar.ts";
import type { Distribution } from "./distribution.ts";

/** A jar of the built-in catalogue, which knows its platform tag and what it lacks; undefined for other names. */
export async function catalogueJar(filename: string): Promise<Distribution | undefined> {
  if (!filename.endsWith(".jar")) return undefined;
  for (const interpreter of await loadCatalogue()) {
    const { source } = interpreter;
    if (source.kind !== "catalogue" || source.filename !== filename) continue;
    const { lacks } = interpreter;
    return {
      kind: "catalogue jar",
      interpreter,
      warnings: lacks.length === 0 ? [] : [`it was built without ${lacks.join(", ")}`],
      place: (archivePath, into) => placeJar(interpreter, source, archivePath, into),
    };
  }
  return undefined;
}
