import { PosyError } from "../../errors/posy-error.ts";

/**
 * Returns the time that the variable `SOURCE_DATE_EPOCH` asks for, in seconds since 1970; 0 without it
 * (https://reproducible-builds.org/specs/source-date-epoch/). Throws `invalid-configuration`.
 */
export function parseSourceDate(environment: NodeJS.ProcessEnv): number {
  const text = environment["SOURCE_DATE_EPOCH"];
  if (!text) return 0;
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new PosyError("invalid-configuration", `\`SOURCE_DATE_EPOCH\` is \`${text}\`, which is no time`, {
    hint: "set it to a number of seconds since 1970, or unset it",
  });
}
