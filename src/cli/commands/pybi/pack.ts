import { isAbsolute, join } from "node:path";
import { PosyError } from "../../../errors/posy-error.ts";
import { type Keepable, keepable } from "../../../pythons/pybi/pack/index.ts";
import { formatSize } from "../../ui/format-size.ts";
import type { CommandContext } from "../command.ts";

export interface PybiPackOptions {
  readonly output?: string;
  readonly name?: string;
  readonly version?: string;
  readonly build?: string;
  readonly platform?: string;
  readonly keep?: readonly string[];
  readonly json?: true;
}

/** `posy pybi pack`: makes a pybi from an installed Python and prints its path. */
export async function pybiPackCommand(
  prefix: string,
  options: PybiPackOptions,
  { console, cwd }: CommandContext,
): Promise<number> {
  const { packPrefix } = await import("../../../pythons/pybi/pack/pack-prefix.ts");
  const absolute = (path: string) => (isAbsolute(path) ? path : join(cwd, path));
  const { output = ".", keep, json, ...naming } = options;
  const packed = await packPrefix({
    ...naming,
    prefix: absolute(prefix),
    output: absolute(output),
    keep: (keep ?? []).flatMap((parts) => parts.split(",")).map(keepableNamed),
    reporter: console.reporter,
  });
  if (json) {
    console.print(`${JSON.stringify(packed, undefined, 2)}\n`);
    return 0;
  }
  const left = Object.values(packed.dropped).reduce((sum, { bytes }) => sum + bytes, 0);
  const copied = packed.vendored.length === 1 ? "1 library" : `${packed.vendored.length} libraries`;
  const message = `${formatSize(packed.size)}, with ${copied} of this machine, without ${formatSize(left)} that is not needed`;
  console.reporter.report({ kind: "debug", message });
  const { platformTag, platformReason: reason } = packed;
  if (reason !== undefined) {
    const symbol = reason.symbols[0] === undefined ? "" : `\`${reason.symbols[0]}\` of `;
    const why = `\`${platformTag}\`: \`${reason.path}\` wants ${symbol}\`${reason.version}\``;
    console.reporter.report({ kind: "debug", message: why });
  }
  console.print(`${packed.path}\n`);
  return 0;
}

function keepableNamed(name: string): Keepable {
  const part = keepable.find((candidate) => candidate === name);
  if (part !== undefined) return part;
  throw new PosyError("usage", `\`--keep ${name}\` names no part that is left out by default`, {
    hint: `it can be ${keepable.map((part) => `\`${part}\``).join(", ")}`,
  });
}
