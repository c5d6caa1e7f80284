import { basename, dirname, relative } from "node:path";
import { imageFolder, type ImageSettings, parseEntryPoint } from "../../application/index.ts";
import { PosyError } from "../../errors/posy-error.ts";
import type { Project } from "../../project/index.ts";
import type { OperationContext } from "../../settings/index.ts";
import { exists } from "../../system/fs/index.ts";
import { openProject } from "../session/project-session.ts";
import type { ApplicationOptions } from "./open-application.ts";
import type { PreparationOptions } from "./prepared-tree.ts";

export type DockerfileOptions = ApplicationOptions &
  PreparationOptions & {
    /** The program that a container starts. Default: the only one of the project, or the one with its name. */
    readonly app?: string | undefined;
    /** The image below the application, and of the stage that builds it. Default: `debian:12-slim`. */
    readonly base?: string | undefined;
    readonly image?: ImageSettings;
  };

/** The first line of what `dockerfileOf` returns, by which it is recognized. */
export const dockerfileHead = "# Written by `posy export --dockerfile`.";

const defaultBase = "debian:12-slim";

/**
 * Returns a Dockerfile for the project that `context.cwd` is in. A stage builds the application with Posy: the
 * dependencies first, from the lock alone, so that a change of the sources builds only the project. The image has the
 * application and no Posy. Throws `usage` if there is no single program, `not-found` outside of projects or without a
 * lock.
 */
export async function dockerfileOf(options: DockerfileOptions, context: OperationContext): Promise<string> {
  const { platform: _platform, ...ofSession } = options;
  await using session = await openProject(ofSession, context);
  const { project } = session;
  const { lockPath } = await session.settings(options.env ?? "default", {});
  if (!(await exists(lockPath))) {
    throw new PosyError("not-found", `the project has no \`${basename(lockPath)}\``, {
      hint: "`posy lock` writes it: an image is made from locked versions",
    });
  }
  const program = programOf(project, options);
  const words = partWords(options);
  const files = filesOfLock(project, lockPath);
  const { image = {}, base = defaultBase } = options;
  const folder = `/${imageFolder}`;
  const dependencies = ["posy export --frozen --no-install-local", ...words, "--dir /out/dependencies"];
  // The module of an entry point may be the project's own.
  const programs = (options.entryPoint ?? []).map((text) => `--entry-point ${shellWord(text)}`);
  const whole = ["posy export --frozen", ...words, ...programs, "--dir /out/project"];
  return `# syntax=docker/dockerfile:1
${dockerfileHead}
# It needs BuildKit. POSY is the Posy program for the platform of the build: a URL, or a path in this folder.
#
#     docker build --build-arg POSY=… .

ARG BASE=${base}

FROM \${BASE} AS build
ARG POSY=posy
ADD --chmod=755 \${POSY} /usr/local/bin/posy
ENV POSY_HOME=/var/cache/posy
WORKDIR /src
# The dependencies need the lock alone. They stay as they are when only the sources change.
${files.map(({ from, to }) => `COPY ${from.map(quoted).join(" ")} ${to}`).join("\n")}
RUN --mount=type=cache,target=/var/cache/posy \\
    ${dependencies.join(" ")}
COPY . .
# Of the whole application, only the files stay that the dependencies lack.
RUN --mount=type=cache,target=/var/cache/posy \\
    ${whole.join(" ")} \\
    && cd /out/project \\
    && find . ! -type d -exec sh -c 'for file; do cmp -s "$file" "/out/dependencies/$file" && rm "$file"; done; true' sh {} +

FROM \${BASE}
COPY --from=build /out/dependencies ${folder}
COPY --from=build /out/project ${folder}
${settings(image, folder).join("\n")}
ENTRYPOINT ${JSON.stringify([`${folder}/bin/${program}`])}
${(image.arguments ?? []).length > 0 ? `CMD ${JSON.stringify(image.arguments)}\n` : ""}`;
}

/** Returns the program to start. The programs of dependencies are known only when the application is built. */
function programOf(
  { name, scripts, isScript }: Project,
  { app, entryPoint = [] }: DockerfileOptions,
): string {
  if (isScript) {
    throw new PosyError("usage", "a Dockerfile is for a project, and not for a script", {
      hint: "`posy export --oci` makes an image of a script",
    });
  }
  if (app !== undefined) return app;
  const programs = [...scripts, ...entryPoint.map((text) => parseEntryPoint(text).name)];
  const [first, second] = programs;
  if (name !== undefined && programs.includes(name)) return name;
  if (first !== undefined && second === undefined) return first;
  const names = programs.map((program) => `\`${program}\``).join(", ");
  throw new PosyError("usage", `the project has ${first === undefined ? "no" : "several"} programs`, {
    hint: `name the one to start with \`--app\`${names === "" ? ", or add one: `--entry-point NAME=module:function`" : `: ${names}`}`,
  });
}

/** Returns the options that choose a part of the lock and of its files, as they are typed. */
function partWords(options: DockerfileOptions): readonly string[] {
  const { env, group, extra, noGroup, onlyGroup, noInstallPackage } = options;
  const repeated: readonly (readonly [string, readonly string[] | undefined])[] = [
    ["--env", env === undefined ? undefined : [env]],
    ["--group", group],
    ["--extra", extra],
    ["--no-group", noGroup],
    ["--only-group", onlyGroup],
    ["--no-install-package", noInstallPackage],
  ];
  const flags = {
    "--all-groups": options.allGroups,
    "--all-extras": options.allExtras,
    "--no-dev": options.noDev,
    "--strip": options.strip,
    "--compile": options.compile,
  };
  return [
    ...repeated.flatMap(([option, values]) => (values ?? []).map((value) => `${option} ${shellWord(value)}`)),
    ...Object.entries(flags).flatMap(([option, value]) => (value ? [option] : [])),
  ];
}

/** Returns the files that reading the lock needs, by the folder that they are copied to. */
function filesOfLock(
  { folder, path, otherFiles }: Project,
  lockPath: string,
): readonly { readonly from: readonly string[]; readonly to: string }[] {
  const inside = [path, lockPath, ...otherFiles]
    .map((file) => relative(folder, file).replaceAll("\\", "/"))
    .filter((file) => !file.startsWith("../") && /\.(toml|lock)$/.test(file));
  const byFolder = new Map<string, string[]>();
  for (const file of new Set(inside)) {
    const to = dirname(file);
    byFolder.set(to, [...(byFolder.get(to) ?? []), file]);
  }
  return [...byFolder].map(([to, from]) => ({ from, to: to === "." ? "./" : `${quoted(to)}/` }));
}

function settings(
  { user, workdir, labels, variables, ports, healthcheck }: ImageSettings,
  folder: string,
): readonly string[] {
  const pairs = (instruction: string, values: ReadonlyMap<string, string> | undefined) =>
    [...(values ?? [])].map(([name, value]) => `${instruction} ${name}=${JSON.stringify(value)}`);
  return [
    `ENV PATH="${folder}/bin:$PATH"`,
    ...pairs("ENV", variables),
    ...pairs("LABEL", labels),
    `WORKDIR ${workdir ?? folder}`,
    ...(user === undefined ? [] : [`USER ${user}`]),
    ...(ports ?? []).map((port) => `EXPOSE ${port}`),
    ...(healthcheck === undefined ? [] : [`HEALTHCHECK CMD ${healthcheck}`]),
  ];
}

/** Words of `COPY` are separated by spaces. */
function quoted(path: string): string {
  return path.includes(" ") ? JSON.stringify(path) : path;
}

function shellWord(text: string): string {
  return /^[\w.,:=@/+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
