import * as v from "valibot";
import { PosyError } from "../../../../errors/posy-error.ts";

const indexSchema = v.object({
  name: v.string(),
  version: v.string(),
  build: v.string(),
  subdir: v.optional(v.string(), ""),
  depends: v.optional(v.array(v.string()), []),
});

const pathsSchema = v.object({
  paths: v.array(
    v.object({
      _path: v.string(),
      sha256: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/i), v.toLowerCase())),
      prefix_placeholder: v.optional(v.string()),
      file_mode: v.optional(v.picklist(["text", "binary"])),
    }),
  ),
});

/** `info/index.json`. */
export type CondaIndex = v.InferOutput<typeof indexSchema>;

/**
 * For each file, its hash and the placeholder that stands for the folder it is installed to. In a text file the
 * placeholder is replaced, in a binary file it is a part of NUL-terminated strings.
 */
export type CondaPaths = ReadonlyMap<
  string,
  { readonly sha256?: string; readonly placeholder?: string; readonly binary: boolean }
>;

/** The placeholder of files whose package names none. */
const usualPlaceholder = "/opt/anaconda1anaconda2anaconda3";

/** Parses `info/index.json`. Throws `invalid-archive`. */
export function parseCondaIndex(text: string | undefined, label: string): CondaIndex {
  return parsed(indexSchema, text, "info/index.json", label);
}

/** Parses `info/paths.json`, or else `info/has_prefix`, which older packages have. Throws `invalid-archive`. */
export function parseCondaPaths(
  text: string | undefined,
  older: string | undefined,
  label: string,
): CondaPaths {
  if (text === undefined) return olderPaths(older ?? "");
  const { paths } = parsed(pathsSchema, text, "info/paths.json", label);
  return new Map(
    paths.map(({ _path, sha256, prefix_placeholder: placeholder, file_mode: mode }) => [
      _path,
      {
        ...(sha256 === undefined ? {} : { sha256 }),
        ...(placeholder === undefined || placeholder === "" ? {} : { placeholder }),
        binary: mode === "binary",
      },
    ]),
  );
}

/** Parses lines of `placeholder mode path`, each perhaps in quotes, or of the path alone. */
function olderPaths(text: string): CondaPaths {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return new Map(
    lines.map((line) => {
      const [, placeholder, mode, path] =
        /^"?([^\s"]+)"?\s+(text|binary)\s+"?(.+?)"?$/.exec(line.trim()) ?? [];
      if (path === undefined) return [line.trim(), { placeholder: usualPlaceholder, binary: false }];
      return [path, { placeholder: placeholder ?? usualPlaceholder, binary: mode === "binary" }];
    }),
  );
}

function parsed<Schema extends v.GenericSchema>(
  schema: Schema,
  text: string | undefined,
  path: string,
  label: string,
): v.InferOutput<Schema> {
  try {
    if (text !== undefined) return v.parse(schema, JSON.parse(text));
  } catch (cause) {
    throw new PosyError("invalid-archive", `\`${path}\` of \`${label}\` can't be read`, { cause });
  }
  throw new PosyError("invalid-archive", `\`${label}\` is not a conda package: it has no \`${path}\``, {
    hint: "download it again",
  });
}
