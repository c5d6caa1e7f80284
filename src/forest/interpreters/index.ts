/**
 * Interpreters in the store.
 */
export {
  installInterpreter,
  type InstallOptions,
  type InterpreterStoreContext,
} from "./interpreter-store.ts";
export { envsOn, type RemovedInterpreter, removeInterpreter } from "./remove-interpreter.ts";
