import { PosyError } from "../../errors/posy-error.ts";
import type { Env } from "../../forest/envs/index.ts";
import type { Started } from "./start-command.ts";

/**
 * Makes an Env and starts a command in it with `start`. If another Posy cleans the store in between, both are done
 * again. Throws `filesystem` if that happens three times, and what the functions throw.
 */
export async function startInEnv(
  makeEnv: () => Promise<Env>,
  start: (env: Env) => Promise<Started>,
): Promise<{ readonly env: Env; readonly started: Exclude<Started, "changed"> }> {
  for (let attempt = 1; ; attempt++) {
    const env = await makeEnv();
    const started = await start(env);
    if (started !== "changed") return { env, started };
    if (attempt === 3) {
      throw new PosyError(
        "filesystem",
        `the environment \`${env.prefix}\` was removed each time it was made`,
        {
          hint: "look for a program that cleans the store, and run the command again when it has ended",
        },
      );
    }
  }
}
