import type { BlueprintTarget } from "../model/index.ts";
import type { ForestContext } from "./forest-context.ts";
import { installInterpreter, type StoredInterpreter } from "./interpreters/index.ts";
import { usableWheels } from "./usable-wheels.ts";
import {
  checkWheel,
  chooseWheel,
  discardArchive,
  type StoredWheel,
  type WheelBuilder,
} from "./wheels/index.ts";

/** The interpreter and the wheels of a target, in the store. */
export interface StoredTarget {
  readonly interpreter: StoredInterpreter;
  /** Sorted by name. */
  readonly wheels: readonly StoredWheel[];
}

/**
 * Stores the interpreter and the wheels of a target, without an Env of them. Nothing of them runs, so the target may be
 * for another platform. Throws what fetching, building and unpacking throw.
 */
export async function storeTarget(
  target: BlueprintTarget,
  context: ForestContext,
  builder: WheelBuilder | undefined,
): Promise<StoredTarget> {
  const { db, reporter, verification } = context;
  const pins = [...target.packages].sort((a, b) => (a.name < b.name ? -1 : 1));
  const chosen = await Promise.all(pins.map((pin) => chooseWheel(pin, target, context, builder)));
  const [interpreter, wheels] = await Promise.all([
    installInterpreter(target.python, context, { verification }),
    usableWheels(chosen, [], context),
  ]);
  for (const wheel of wheels) {
    await checkWheel(wheel, db, (message) => reporter.report({ kind: "warning", message, key: message }));
    await discardArchive(wheel, db);
  }
  return { interpreter, wheels };
}
