import { runCaptured } from "../process/index.ts";
import type { Credentials } from "./safe-url.ts";

/** Asks the `keyring` program, as pip's `subprocess` provider does: by the URL, then by the host alone. */
export async function askKeyring(
  url: string,
  username: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<Credentials | undefined> {
  // The name would be an option of the program, and may come from the URL of an index that a stranger wrote.
  if (username?.startsWith("-")) return undefined;
  for (const service of [url, new URL(url).host]) {
    if (username !== undefined && username !== "") {
      const password = await output(["get", service, username], environment);
      if (password) return { username, password };
      continue;
    }
    const [name, password] = (await output(["--mode", "creds", "get", service], environment)).split(/\r?\n/);
    if (name && password) return { username: name, password };
  }
  return undefined;
}

/**
 * Returns the output of the `keyring` program, or "" if there is no program, no entry, or no answer within
 * ten seconds.
 */
async function output(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<string> {
  const options = { env: environment, timeout: 10_000, limit: 1 << 20, asksPerson: true, keepsDaemons: true };
  const result = await runCaptured("keyring", args, options).catch(() => undefined);
  return result?.status === 0 ? result.stdout.replace(/\r?\n$/, "") : "";
}
