import { runCaptured } from "../process/index.ts";
import type { Credentials } from "./safe-url.ts";

/** Asks the `keyring` program, as pip's `subprocess` provider does: by the URL, then by the host alone. */
export async function askKeyring(
  url: string,
  username: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<Credentials | undefined> {
  // It would be an option to the program, and may come with the address of an index that somebody else wrote.
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

/** Nothing where there is no such program, no such entry, or no answer within ten seconds. */
async function output(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<string> {
  const options = { env: environment, timeout: 10_000, limit: 1 << 20, asksPerson: true, keepsDaemons: true };
  const said = await runCaptured("keyring", args, options).catch(() => undefined);
  return said?.status === 0 ? said.stdout.replace(/\r?\n$/, "") : "";
}
