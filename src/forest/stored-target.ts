import type { BlueprintTarget } from "../model/index.ts";
import type { ForestContext } from "./forest-context.ts";
import { installInterpreter, type StoredInterpreter } from "./interpreters/index.ts";
import { usableWheels } from "./usable-wheels.ts";
import {
  checkWheel,
  chooseWheel,
  discardArchive,
  type ChosenWheel,
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
  const chosen = await chosenWheels(target, context, builder);
  const [interpreter, wheels] = await Promise.all([
    installInterpreter(target.python, context, { verification: context.verification }),
    storedWheels(chosen, context),
  ]);
  return { interpreter, wheels };
}

/** Stores the wheels of a target, sorted by name, without its interpreter. */
export async function storeWheels(
  target: BlueprintTarget,
  context: ForestContext,
  builder: WheelBuilder | undefined,
): Promise<readonly StoredWheel[]> {
  return storedWheels(await chosenWheels(target, context, builder), context);
}

function chosenWheels(
  target: BlueprintTarget,
  context: ForestContext,
  builder: WheelBuilder | undefined,
): Promise<readonly ChosenWheel[]> {
  const pins = [...target.packages].sort((a, b) => (a.name < b.name ? -1 : 1));
  return Promise.all(pins.map((pin) => chooseWheel(pin, target, context, builder)));
}

async function storedWheels(
  chosen: readonly ChosenWheel[],
  context: ForestContext,
): Promise<readonly StoredWheel[]> {
  const { db, reporter } = context;
  const wheels = await usableWheels(chosen, [], context);
  for (const wheel of wheels) {
    await checkWheel(wheel, db, (message) => reporter.report({ kind: "warning", message, key: message }));
    await discardArchive(wheel, db);
  }
  return wheels;
}
