import { createHash } from "node:crypto";
import { type ZipMember, type ZipShape, writeZip } from "./zip-writer.ts";

export interface WheelRecipe {
  readonly name: string;
  readonly version?: string;
  /** Content by path inside the wheel; an object sets the mode or falsifies a header. */
  readonly files?: Readonly<Record<string, string | Uint8Array | Omit<ZipMember, "path">>>;
  /** Lines of METADATA after Name and Version: `Requires-Dist: numpy`. */
  readonly metadata?: readonly string[];
  /** The complete text of METADATA. */
  readonly rawMetadata?: string | Uint8Array;
  readonly requires?: readonly string[];
  readonly requiresPython?: string;
  /** `console_scripts`: name → `module:attribute`. */
  readonly entryPoints?: Readonly<Record<string, string>>;
  readonly guiEntryPoints?: Readonly<Record<string, string>>;
  /** Compressed tag set of the file name. Default `py3-none-any`. */
  readonly tags?: string;
  readonly build?: string;
  /** The complete text of WHEEL. Default: a valid one for `tags`. */
  readonly wheel?: string;
  /** Makes RECORD from the correct rows; returning undefined leaves RECORD out. */
  readonly record?: (rows: readonly string[]) => readonly string[] | undefined;
  /** Additional members that are not in RECORD. */
  readonly extra?: readonly ZipMember[];
  readonly distInfo?: string;
  readonly filename?: string;
  readonly shape?: ZipShape;
}

export interface MadeWheel {
  readonly filename: string;
  readonly bytes: Buffer;
  readonly sha256: string;
}

/** Makes a wheel in memory, correct except for what the recipe changes. */
export function makeWheel(recipe: WheelRecipe): MadeWheel {
  const version = recipe.version ?? "1.0";
  const escaped = recipe.name.toLowerCase().replace(/[-_.]+/g, "_");
  const tags = recipe.tags ?? "py3-none-any";
  const distInfo = recipe.distInfo ?? `${escaped}-${version}.dist-info`;
  const members: ZipMember[] = Object.entries(recipe.files ?? {}).map(([path, file]) =>
    typeof file === "string" || file instanceof Uint8Array ? { path, data: file } : { path, ...file },
  );
  members.push({ path: `${distInfo}/METADATA`, data: recipe.rawMetadata ?? metadataText(recipe, version) });
  members.push({ path: `${distInfo}/WHEEL`, data: recipe.wheel ?? wheelText(tags) });
  const entryPoints = entryPointsText(recipe);
  if (entryPoints) members.push({ path: `${distInfo}/entry_points.txt`, data: entryPoints });
  const honest = [
    ...members.filter((member) => !String(member.path).endsWith("/")).map(recordRow),
    `${distInfo}/RECORD,,`,
  ];
  const rows = recipe.record ? recipe.record(honest) : honest;
  if (rows) members.push({ path: `${distInfo}/RECORD`, data: rows.map((row) => `${row}\n`).join("") });
  const bytes = writeZip([...members, ...(recipe.extra ?? [])], recipe.shape);
  const build = recipe.build ? `-${recipe.build}` : "";
  return {
    filename: recipe.filename ?? `${escaped}-${version}${build}-${tags}.whl`,
    bytes,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  };
}

function recordRow(member: ZipMember): string {
  const data = Buffer.from(member.data ?? "");
  const path = String(member.path);
  const field = /[",\n]/.test(path) ? `"${path.replaceAll('"', '""')}"` : path;
  return `${field},sha256=${createHash("sha256").update(data).digest("base64url")},${data.length}`;
}

function metadataText(recipe: WheelRecipe, version: string): string {
  return [
    "Metadata-Version: 2.1",
    `Name: ${recipe.name}`,
    `Version: ${version}`,
    ...(recipe.requiresPython === undefined ? [] : [`Requires-Python: ${recipe.requiresPython}`]),
    ...(recipe.requires ?? []).map((requirement) => `Requires-Dist: ${requirement}`),
    ...(recipe.metadata ?? []),
    "",
    "",
  ].join("\n");
}

function wheelText(tags: string): string {
  const [python = "", abi = "", platform = ""] = tags.split("-");
  const lines = python
    .split(".")
    .flatMap((p) => abi.split(".").flatMap((a) => platform.split(".").map((q) => `Tag: ${p}-${a}-${q}`)));
  const pure = platform === "any";
  return ["Wheel-Version: 1.0", "Generator: make-wheel", `Root-Is-Purelib: ${pure}`, ...lines, "", ""].join(
    "\n",
  );
}

function entryPointsText(recipe: WheelRecipe): string {
  const section = (title: string, points: Readonly<Record<string, string>> | undefined) =>
    points
      ? [`[${title}]`, ...Object.entries(points).map(([name, target]) => `${name} = ${target}`), ""]
      : [];
  return [
    ...section("console_scripts", recipe.entryPoints),
    ...section("gui_scripts", recipe.guiEntryPoints),
  ].join("\n");
}
