/**
 * Damage of store entries: compares a folder with what it must contain. wheels/, interpreters/ and envs/ say what
 * their entries must contain, and verify them with this.
 */
export { compareFolder } from "./compare-folder.ts";
export type { Damage, Expected, VerifyOptions } from "./damage.ts";
export { addedAt, changedBytecode, damageOf, entriesOf } from "./damaged-entry.ts";
export { describeDamage, isOnlyAdded } from "./describe-damage.ts";
