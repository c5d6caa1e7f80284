import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Env } from "../../../src/forest/envs/index.ts";
import { startInEnv } from "../../../src/operations/run/start-in-env.ts";

const envs = () => {
  let made = 0;
  return async () => ({ prefix: `/envs/${++made}` }) as Env;
};

describe("starting a command in an Env", () => {
  test("makes the Env again if it was removed in between", async () => {
    const { env, started } = await startInEnv(envs(), async ({ prefix }) =>
      prefix === "/envs/1" ? "changed" : 5,
    );
    assert.deepEqual([env.prefix, started], ["/envs/2", 5]);
  });

  test("is an error if the Env is removed each time", async () => {
    await assert.rejects(
      startInEnv(envs(), async () => "changed"),
      /^PosyError: the environment `\/envs\/3` was removed each time it was made$/,
    );
  });
});
