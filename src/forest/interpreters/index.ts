/**
 * Interpreters in the store: installs them, finds the Envs that use one, removes them.
 */
export { originalExecutable } from "./copyable-executable.ts";
export {
  executableIn,
  installInterpreter,
  interpreterRoot,
  type InstallOptions,
  type InterpreterStoreContext,
  type StoredInterpreter,
} from "./interpreter-store.ts";
export { envsOn, type RemovedInterpreter, removeInterpreter } from "./remove-interpreter.ts";
