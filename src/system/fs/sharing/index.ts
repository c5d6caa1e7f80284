/**
 * Stores that several users share. A store of another user is only read: what is missing or damaged there is made in
 * the store of this user. `stores.ts` lists the stores in the order in which they are searched, `remembered.ts` knows
 * which entries of others were verified, `owners.ts` looks whether other users can change a store.
 */
export { isRemembered, remember, settleOrRemember, stateOf } from "./remembered.ts";
export { isTrusted, risksOfStore } from "./owners.ts";
export { sharedStoreOf, storesOf } from "./stores.ts";
