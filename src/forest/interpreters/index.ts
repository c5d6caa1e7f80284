/**
 * Interpreters in the store: installs them, finds the Envs that use one, removes them.
 */
export {
  installInterpreter,
  interpreterRoot,
  type InstallOptions,
  type InterpreterStoreContext,
} from "./interpreter-store.ts";
export { envsOn, type RemovedInterpreter, removeInterpreter } from "./remove-interpreter.ts";
