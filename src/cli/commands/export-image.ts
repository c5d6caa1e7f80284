import { posix, resolve } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { exportImage, type ExportImageOptions } from "../../operations/ship/export-image.ts";
import { formatSize } from "../ui/format-size.ts";
import type { CommandContext } from "./command.ts";

export type ExportImageCommandOptions = Omit<ExportImageOptions, "image" | "tags"> & {
  readonly imageTag?: readonly string[];
  readonly imageUser?: string;
  readonly imageWorkdir?: string;
  readonly imageLabel?: readonly string[];
  readonly imageEnv?: readonly string[];
  readonly imagePort?: readonly string[];
  readonly imageCmd?: readonly string[];
  readonly imageHealthcheck?: string;
};

/** `posy export --oci`, `--push`. */
export async function exportImageCommand(
  requirements: readonly string[],
  options: ExportImageCommandOptions,
  context: CommandContext,
): Promise<number> {
  const {
    imageTag,
    imageUser,
    imageWorkdir,
    imageLabel = [],
    imageEnv = [],
    imagePort = [],
    ...others
  } = options;
  const { imageCmd, imageHealthcheck, oci, ...rest } = others;
  const [tag] = (imageTag ?? []).filter((each) => !/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/.test(each));
  if (tag !== undefined)
    refuse(`\`${tag}\` is no tag`, "a tag has up to 128 letters, digits, `.`, `_` and `-`");
  if (imageTag !== undefined && oci === undefined)
    refuse("`--image-tag` is for `--oci`", "`--push` has the tag in its name: `--push HOST/NAME:TAG`");
  const [port] = imagePort.filter((each) => !/^\d{1,5}(\/(tcp|udp|sctp))?$/.test(each));
  if (port !== undefined) refuse(`\`${port}\` is no port`, "write `8000`, or `8000/udp`");
  if (imageWorkdir !== undefined && !posix.isAbsolute(imageWorkdir))
    refuse(`\`--image-workdir ${imageWorkdir}\` is not absolute`, "write a path of the container: `/data`");
  const exported = await exportImage(
    requirements,
    {
      ...rest,
      oci: oci === undefined ? undefined : resolve(context.cwd, oci),
      tags: imageTag,
      image: {
        user: imageUser,
        workdir: imageWorkdir,
        labels: pairs("--image-label", imageLabel),
        variables: pairs("--image-env", imageEnv),
        ports: imagePort,
        arguments: imageCmd ?? [],
        healthcheck: imageHealthcheck,
      },
    },
    context,
  );
  const { console } = context;
  for (const { location, digest, platforms, written, present } of exported) {
    const there = present > 0 ? `, ${formatSize(present)} were there already` : "";
    const what = location.startsWith("oci://") ? "pushed" : "wrote";
    console.tell(`${what} \`${location}\` for ${platforms.join(", ")}: ${formatSize(written)}${there}\n`);
    console.print(`${location.replace(/^oci:\/\//, "")}@${digest}\n`);
  }
  const glibc = exported[0]?.glibc;
  if (glibc !== undefined) console.tell(`the base must have glibc ${glibc} or newer\n`);
  return 0;
}

/** Parses `NAME=VALUE`. */
function pairs(option: string, texts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    texts.map((text) => {
      const at = text.indexOf("=");
      if (at < 1) refuse(`\`${option} ${text}\` has no value`, `write \`${option} NAME=VALUE\``);
      return [text.slice(0, at), text.slice(at + 1)] as const;
    }),
  );
}

function refuse(message: string, hint: string): never {
  throw new PosyError("usage", message, { hint });
}
