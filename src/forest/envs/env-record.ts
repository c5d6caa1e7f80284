import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BlueprintTarget, formatBlueprint, type PackagePin, parseBlueprint } from "../../model/index.ts";
import { throwIfTooManyOpen } from "../../system/fs/index.ts";
import { withoutCredentials } from "../../vocab/urls/index.ts";
import { recordName } from "./plan/record-name.ts";

/** What an Env was made from. With it, an Env is verified, and made again without a project or a lock. */
export interface EnvRecord {
  readonly target: BlueprintTarget;
  /** The SHA-256 of the wheel of each pin, by name: that of a source is known only after it was built. */
  readonly wheels: Readonly<Record<string, string>>;
  /** The absolute folders of the wheels and the interpreter that it uses from shared stores, by their SHA-256. */
  readonly shared?: Readonly<Record<string, string>>;
}

/** Returns the content of `posy-blueprint.json`: a Blueprint with one target, and the wheels. */
export function formatEnvRecord({ target, wheels, shared = {} }: EnvRecord): string {
  const packages = target.packages.map(withoutLogin);
  const text = formatBlueprint({ blueprintVersion: 1, targets: [{ ...target, packages }] });
  const record = {
    recordVersion: 1,
    blueprint: JSON.parse(text) as unknown,
    wheels,
    ...(Object.keys(shared).length > 0 && { shared }),
  };
  return `${JSON.stringify(record, undefined, 1)}\n`;
}

/** Blueprints have no logins. This makes sure that none is written where other users may read it. */
function withoutLogin(pin: PackagePin): PackagePin {
  return { ...pin, artifact: { ...pin.artifact, url: withoutCredentials(pin.artifact.url) } };
}

/** Reads the record of an Env; undefined if it is missing or damaged, or if an earlier Posy made the Env. */
export async function readEnvRecord(
  prefix: string,
): Promise<(EnvRecord & { readonly text: string }) | undefined> {
  try {
    const text = readFileSync(join(prefix, recordName), "utf8");
    const { recordVersion, blueprint, wheels, shared } = JSON.parse(text) as Record<string, unknown>;
    if (recordVersion !== 1) return undefined;
    const [target] = (await parseBlueprint(blueprint)).targets;
    const hashes = Object.entries(wheels as Record<string, unknown>).filter(isHash);
    if (target === undefined || hashes.length !== target.packages.length) return undefined;
    const folders = Object.entries((shared ?? {}) as Record<string, unknown>).filter(isText);
    return {
      text,
      target,
      wheels: Object.fromEntries(hashes),
      ...(folders.length > 0 && { shared: Object.fromEntries(folders) }),
    };
  } catch (error) {
    throwIfTooManyOpen(error);
    return undefined;
  }
}

function isText(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === "string";
}

function isHash(wheel: [string, unknown]): wheel is [string, string] {
  return typeof wheel[1] === "string" && /^[0-9a-f]{64}$/.test(wheel[1]);
}
