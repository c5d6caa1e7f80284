import { normalizeName, parsePackageName } from "../../vocab/requirement/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import { quote } from "../../text/index.ts";
import type { EnvName, GroupName } from "./project.ts";

/** Parses and normalises the name of a dependency group, as the name of a package (PEP 735). Throws `invalid-name`. */
export function parseGroupName(text: string): GroupName {
  try {
    parsePackageName(text);
  } catch {
    throw new PosyError("invalid-name", `${quote(text)} is not a valid name of a dependency group`, {
      hint: "a name has letters, digits, `-`, `_` and `.`, and starts and ends with a letter or digit",
    });
  }
  return normalizeName(text) as GroupName;
}

/**
 * Parses the name of an environment. It has no dot, because the lock of `docs` is `pylock.docs.toml`, and PEP 751
 * allows no dot there. Throws `invalid-name`.
 */
export function parseEnvName(text: string): EnvName {
  if (/^[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?$/i.test(text)) return text as EnvName;
  throw new PosyError("invalid-name", `${quote(text)} is not a valid name of an environment`, {
    hint: "a name has letters, digits, `-` and `_`, and starts and ends with a letter or digit",
  });
}

export const defaultEnv = "default" as EnvName;
