import type { Interpreter } from "../interpreter.ts";
import { catalogueInterpreter, type Catalogue } from "./catalogue-entry.ts";

let known: Promise<readonly Interpreter[]> | undefined;

/** The built-in catalogue, read when it is first asked for: newest release first, as its file has it. */
export function loadCatalogue(): Promise<readonly Interpreter[]> {
  known ??= import("./catalogue.json", { with: { type: "json" } }).then(({ default: catalogue }) =>
    (catalogue as Catalogue).interpreters.map(catalogueInterpreter),
  );
  return known;
}
