/**
 * Checks a pybi against every rule of the format, and runs it if it can run here.
 */
export { type Checked, checkPybi } from "./check-pybi.ts";
