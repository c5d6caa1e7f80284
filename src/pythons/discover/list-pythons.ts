import { describeInstalledPythons } from "../system/index.ts";
import { asksForCpython, bestFirst } from "./find-interpreters.ts";
import { loadCatalogue } from "../catalogue/index.ts";
import { runsOn } from "../compatibility/index.ts";
import { indexPybis } from "../pybi/index.ts";
import { archivesOfIndexes, indexFolders } from "./archives-of-indexes.ts";
import { type Interpreter, matchesPythonRequest, type PythonRequest } from "../../model/index.ts";
import type { PythonsContext } from "../index.ts";
import { storedNames, storedPythonsOfAll } from "./stored-pythons.ts";
import { storesOf } from "../../system/fs/index.ts";
import { platformNames } from "../../vocab/tags/index.ts";

export interface ListedPython {
  readonly interpreter: Interpreter;
  /**
   * `in-forest`: in the store. `available`: fetched on first use. `system`: installed on this machine by other means.
   */
  readonly state: "in-forest" | "available" | "system";
  /** The data folder of the shared store that has it, if the user's own store does not. */
  readonly sharedStore?: string;
  /** Whether this machine can run it. */
  readonly runsHere: boolean;
}

/**
 * Lists interpreters of all platforms: those of the indexes, of the newest release of python-build-standalone (or the
 * newest release that satisfies `request`), of the catalogue, others in the store, and the Pythons of this machine.
 */
export async function listPythons(
  context: PythonsContext,
  request?: PythonRequest,
): Promise<readonly ListedPython[]> {
  /** The data folders of the stores that have an interpreter, by its SHA-256: "" is the user's own. */
  const stored = new Map<string, string>();
  for (const store of storesOf(context.home)) {
    for (const sha256 of await storedNames(store.pythons)) {
      if (!stored.has(sha256)) stored.set(sha256, store === context.home ? "" : store.data);
    }
  }
  const folders = await indexFolders(context);
  const indexed: Interpreter[] = [];
  for (const platform of platformNames) indexed.push(...(await indexPybis(undefined, platform, context)));
  const listed = (interpreter: Interpreter, state: ListedPython["state"]): ListedPython => {
    const sharedStore = stored.get(digestOf(interpreter)) ?? "";
    return {
      interpreter,
      state,
      ...(sharedStore !== "" && { sharedStore }),
      runsHere: runsOn(interpreter, context.machine),
    };
  };
  const standalone = asksForCpython(request)
    ? await context.standalone?.interpreters(
        (python) => request === undefined || matchesPythonRequest(request, python),
      )
    : [];
  // A folder of archives may have those that a mirror lists, too.
  const listedNames = new Set((standalone ?? []).map(filenameOf));
  const archives = (asksForCpython(request) ? await archivesOfIndexes(folders, () => true) : []).filter(
    (interpreter) => !listedNames.has(filenameOf(interpreter)),
  );
  const offered = [
    ...indexed,
    ...bestFirst([...archives, ...(standalone ?? [])]),
    ...(await loadCatalogue()),
  ];
  const provided = offered.map((interpreter) =>
    listed(interpreter, stored.has(digestOf(interpreter)) ? "in-forest" : "available"),
  );
  // Stored interpreters that came from a file, or from an index that is not set now.
  const listedDigests = new Set(provided.map(({ interpreter }) => digestOf(interpreter)));
  const others = (await storedPythonsOfAll(context.home)).filter(({ sha256 }) => !listedDigests.has(sha256));
  return [
    ...provided,
    ...others.map(({ interpreter }) => listed(interpreter, "in-forest")),
    ...(await describeInstalledPythons(context)).map((interpreter) => listed(interpreter, "system")),
  ];
}

function filenameOf({ source }: Interpreter): string {
  return "filename" in source ? source.filename : "";
}

function digestOf({ source }: Interpreter): string {
  return "hashes" in source ? (source.hashes["sha256"] ?? "") : "";
}
