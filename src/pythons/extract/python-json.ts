import { PosyError } from "../../errors/posy-error.ts";
import { quote } from "../../text/index.ts";
import type { StandaloneName } from "../standalone/index.ts";

/** The keys of a full archive's `PYTHON.json` (version 5 and later) that are checked. */
interface PythonJson {
  readonly python_version?: unknown;
  readonly target_triple?: unknown;
  readonly python_tag?: unknown;
  readonly crt_features?: unknown;
  readonly python_extension_module_loading?: unknown;
}

/**
 * Compares `PYTHON.json` of a full archive with the archive's name, from which everything in a lock was derived. Throws
 * `invalid-interpreter` if it is another Python than its name says, needs a newer glibc than its platform tag, or can't
 * load extension modules.
 */
export function checkPythonJson(bytes: Uint8Array, name: StandaloneName, label: string): void {
  const json = read(bytes, label);
  const [major, minor] = name.version.split(".");
  const expected: readonly (readonly [string, unknown, string])[] = [
    ["python_version", json.python_version, name.version],
    ["target_triple", json.target_triple, name.triple],
    ["python_tag", json.python_tag, `cp${major}${minor}`],
  ];
  for (const [key, actual, wanted] of expected) {
    if (typeof actual !== "string" || actual === wanted) continue;
    throw new PosyError(
      "invalid-interpreter",
      `\`PYTHON.json\` of \`${label}\` says \`${key}\` is ${quote(actual)}, but its name says \`${wanted}\``,
      { hint: "give the file the name that its publisher gave it, or download it again" },
    );
  }
  const loading = json.python_extension_module_loading;
  if (Array.isArray(loading) && !loading.includes("shared-library")) {
    throw new PosyError("invalid-interpreter", `\`${label}\` can't load extension modules`, {
      hint: "it is linked statically: use an archive without `static` in its name, dated 20250311 or later",
    });
  }
  checkGlibc(json.crt_features, name, label);
}

function checkGlibc(features: unknown, { platformTag }: StandaloneName, label: string): void {
  const [, promised] = /^manylinux_2_(\d+)_/.exec(platformTag) ?? [];
  if (promised === undefined || !Array.isArray(features)) return;
  for (const feature of features) {
    // Some archives have a stray bracket after the number.
    const [, needed] = /^glibc-max-symbol-version:2\.(\d+)/.exec(String(feature)) ?? [];
    if (needed === undefined || Number(needed) <= Number(promised)) continue;
    throw new PosyError(
      "invalid-interpreter",
      `\`${label}\` needs glibc 2.${needed}, but archives of its kind may need at most 2.${promised}`,
      { hint: "report it to the publisher" },
    );
  }
}

function read(bytes: Uint8Array, label: string): PythonJson {
  try {
    const json: unknown = JSON.parse(Buffer.from(bytes).toString("utf8"));
    if (typeof json === "object" && json !== null && !Array.isArray(json)) return json;
  } catch {
    // Invalid JSON is reported below, like any other value that is not an object.
  }
  throw new PosyError("invalid-interpreter", `\`PYTHON.json\` of \`${label}\` is not a JSON object`, {
    hint: "download it again; if the error remains, report it to the publisher",
  });
}
