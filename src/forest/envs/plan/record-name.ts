/** The file in an Env that says what it was made from (`env-record.ts`). */
export const recordName = "posy-blueprint.json";
