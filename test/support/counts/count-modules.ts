// Loaded before Posy by `--preload`: writes the paths of all loaded modules to the file $COUNT_MODULES, one a line,
// when the process ends or, with $COUNT_UNTIL_EXECUTE, when it becomes the program of `posy run`.
import { writeFileSync } from "node:fs";

const write = () => writeFileSync(process.env["COUNT_MODULES"] ?? "", Object.keys(require.cache).join("\n"));
process.on("exit", write);
if (process.env["COUNT_UNTIL_EXECUTE"]) {
  // Not statically: in other cases, it would count as loaded.
  const { onExecute } = await import("../../../src/system/process/processes.ts");
  onExecute(write);
}
