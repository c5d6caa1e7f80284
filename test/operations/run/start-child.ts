// Runs `startCommand` with the command and the Env in its JSON argument, and prints what it returns.
import { startCommand } from "../../../src/operations/run/start-command.ts";
import type { EnvLocation } from "../../../src/forest/envs/index.ts";

const { command, env } = JSON.parse(process.argv[2] ?? "") as {
  readonly command: readonly string[];
  readonly env: EnvLocation;
};
const result = await startCommand(command, env, process.env).catch((error: Error) => error.message);
console.log(JSON.stringify(result));
