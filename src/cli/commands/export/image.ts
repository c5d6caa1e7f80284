import { posix, resolve } from "node:path";
import type { ImageSettings } from "../../../application/index.ts";
import { PosyError } from "../../../errors/posy-error.ts";
import { exportImage, type ExportImageOptions } from "../../../operations/ship/export-image.ts";
import { textIfThere, writeUserFile } from "../../../system/fs/index.ts";
import { quote } from "../../../text/index.ts";
import { formatSize } from "../../ui/format-size.ts";
import type { CommandContext } from "../command.ts";
import { refuseOptions } from "./refuse-options.ts";

export type ExportImageCommandOptions = Omit<ExportImageOptions, "image" | "tags"> & {
  readonly dockerfile?: string;
  readonly buildBase?: string;
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
  const { oci, imageTag, ...rest } = options;
  const wrongTag = imageTag?.find((each) => !/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/.test(each));
  if (wrongTag !== undefined)
    refuse(`${quote(wrongTag)} is no tag`, "a tag has up to 128 letters, digits, `.`, `_` and `-`");
  if (imageTag !== undefined && oci === undefined)
    refuse("`--image-tag` is for `--oci`", "`--push` has the tag in its name: `--push HOST/NAME:TAG`");
  if (oci === "") refuse("`--oci` has no path", "name a folder, or a file that ends with `.tar`");
  const exported = await exportImage(
    requirements,
    {
      ...rest,
      oci: oci === undefined ? undefined : resolve(context.cwd, oci),
      tags: imageTag && [...new Set(imageTag)],
      image: imageSettings(options),
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

/** `posy export --dockerfile`. `-` is standard output. */
export async function exportDockerfileCommand(
  requirements: readonly string[],
  { dockerfile, ...options }: ExportImageCommandOptions & { readonly dockerfile: string },
  context: CommandContext,
): Promise<number> {
  const { console, cwd } = context;
  if (requirements.length + (options.requirements ?? []).length > 0)
    refuse(
      "a Dockerfile is for a project, and requirements are named",
      "`posy add` adds them to the project",
    );
  if (options.imageTag !== undefined)
    refuse("`--image-tag` is for `--oci`", "`docker build --tag` names the image");
  refuseUnused(options);
  const { dockerfileHead, dockerfileOf } = await import("../../../operations/ship/dockerfile/dockerfile.ts");
  const text = await dockerfileOf({ ...options, image: imageSettings(options) }, context);
  if (dockerfile === "-") {
    console.print(text);
    return 0;
  }
  const path = resolve(cwd, dockerfile);
  const before = await textIfThere(path);
  if (before !== undefined && !before.includes(dockerfileHead) && options.force !== true) {
    throw new PosyError("file-exists", `\`${dockerfile}\` is there, and Posy did not write it`, {
      hint: "name another file, or replace it with `--force`",
    });
  }
  await writeUserFile(path, text);
  console.tell(
    `wrote \`${dockerfile}\`: leave \`.posy\`, \`.venv\` and \`dist\` out of the build with a \`.dockerignore\`\n`,
  );
  return 0;
}

/** Throws `usage` for an option that has no effect on a Dockerfile, such as one that chooses versions. */
function refuseUnused(options: ExportImageCommandOptions): void {
  refuseOptions(
    {
      "--constraint": options.constraint,
      "--override": options.override,
      "--prerelease": options.prerelease,
      "--prefer": options.prefer,
      "--resolution": options.resolution,
      "--require-hashes": options.requireHashes,
      "--exclude-newer": options.excludeNewer,
      "--exclude-newer-package": options.excludeNewerPackage,
      "--python-version": options.pythonVersion,
      "--python-only": options.pythonOnly,
      "--no-project": options.noProject,
      "--no-build": options.noBuild,
      "--no-build-package": options.noBuildPackage,
      "--only-binary": options.onlyBinary,
      "--no-binary": options.noBinary,
      "--config-setting": options.configSetting,
      "--config-settings-package": options.configSettingsPackage,
      "--build-constraint": options.buildConstraint,
      "--no-build-isolation": options.noBuildIsolation,
      "--no-build-isolation-package": options.noBuildIsolationPackage,
      "--index": options.index,
      "--default-index": options.defaultIndex,
      "--index-url": options.indexUrl,
      "--extra-index-url": options.extraIndexUrl,
      "--find-links": options.findLinks,
      "--no-index": options.noIndex,
      "--index-strategy": options.indexStrategy,
      "--refresh": options.refresh,
      "--refresh-package": options.refreshPackage,
      "--cert": options.cert,
      "--trusted-host": options.trustedHost,
    },
    "has no effect on a Dockerfile, which uses the lock and the settings of the project",
    "leave it out; `posy lock` takes options that choose versions, and `pyproject.toml` has settings",
  );
}

/** Checks the options of a container. */
function imageSettings(options: ExportImageCommandOptions): ImageSettings {
  const {
    imageUser,
    imageWorkdir,
    imageHealthcheck,
    imageLabel = [],
    imageEnv = [],
    imagePort = [],
    imageCmd = [],
  } = options;
  const wrongPort = imagePort.find((each) => {
    const [, number] = /^(\d{1,5})(?:\/(?:tcp|udp|sctp))?$/.exec(each) ?? [];
    return !(Number(number) >= 1 && Number(number) <= 65_535);
  });
  if (wrongPort !== undefined) refuse(`${quote(wrongPort)} is no port`, "write `8000`, or `8000/udp`");
  if (imageUser !== undefined && !/^[\w.@-]+\$?(:[\w.@-]+\$?)?$/.test(imageUser))
    refuse(`${quote(imageUser)} is no user`, "write a user, and perhaps a group: `1000:1000`, `www-data`");
  if (imageHealthcheck?.trim() === "")
    refuse("`--image-healthcheck` is empty", "write a command line: `curl -f http://localhost:8000/`");
  if (imageWorkdir !== undefined && !posix.isAbsolute(imageWorkdir))
    refuse(
      `${quote(`--image-workdir ${imageWorkdir}`)} is not absolute`,
      "write a path of the container: `/data`",
    );
  return {
    user: imageUser,
    workdir: imageWorkdir,
    labels: pairs("--image-label", imageLabel),
    variables: pairs("--image-env", imageEnv),
    ports: imagePort,
    arguments: imageCmd,
    healthcheck: imageHealthcheck,
  };
}

/** Parses `NAME=VALUE`. */
function pairs(option: string, texts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    texts.map((text) => {
      const at = text.indexOf("=");
      if (at < 1) refuse(`${quote(`${option} ${text}`)} has no value`, `write \`${option} NAME=VALUE\``);
      if (/\s/.test(text.slice(0, at)))
        refuse(`${quote(`${option} ${text}`)} has white space in its name`, `write \`${option} NAME=VALUE\``);
      return [text.slice(0, at), text.slice(at + 1)] as const;
    }),
  );
}

function refuse(message: string, hint: string): never {
  throw new PosyError("usage", message, { hint });
}
