import { PosyError } from "../../errors/posy-error.ts";
import type { IndexOptions, OperationContext } from "../../settings/index.ts";
import { checkDisk } from "./check-disk.ts";
import { checkMachine } from "./check-machine.ts";
import { checkNetwork } from "./check-network.ts";
import { checkPath } from "./check-path.ts";
import { checkProject } from "./check-project.ts";
import { checkPythons } from "./check-pythons.ts";
import { checkStore } from "./check-store.ts";
import { checkVariables } from "./check-variables.ts";
import { type Area, areas, type Finding, findingsOf } from "./finding.ts";

/** Options of `doctor`: indexes are not asked with `offline`. */
export type DoctorOptions = Pick<IndexOptions, "offline">;

type Check = (options: DoctorOptions, context: OperationContext) => Promise<readonly Finding[]>;

const checks: Readonly<Record<Area, Check>> = {
  machine: (_, { environment }) => checkMachine(environment),
  store: (_, context) => checkStore(context),
  disk: (_, { environment }) => checkDisk(environment),
  Pythons: (_, { environment }) => checkPythons(environment),
  network: checkNetwork,
  PATH: (_, { environment }) => checkPath(environment, process.execPath),
  variables: (_, { environment }) => checkVariables(environment),
  project: (_, context) => checkProject(context),
};

/**
 * Looks at everything that Posy depends on: the machine, the store and its disk, Pythons, indexes, variables and the
 * project. It changes nothing but for small files that it tries the disk with and removes. No check throws: a check
 * that fails is a finding.
 */
export async function doctor(options: DoctorOptions, context: OperationContext): Promise<readonly Finding[]> {
  const found = await Promise.all(
    areas.map((area) =>
      checks[area](options, context).catch((error: unknown) => {
        const hint = error instanceof PosyError ? error.hint : undefined;
        const message = error instanceof Error ? error.message : String(error);
        return [findingsOf(area).problem(message, hint ?? "correct that, then run `posy doctor` again")];
      }),
    ),
  );
  return found.flat();
}
