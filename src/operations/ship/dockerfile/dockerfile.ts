import { basename, dirname, isAbsolute, relative } from "node:path";
import { imageFolder, type ImageSettings, parseEntryPoint } from "../../../application/index.ts";
import { PosyError } from "../../../errors/posy-error.ts";
import type { Project } from "../../../project/index.ts";
import { type OperationContext, warn } from "../../../settings/index.ts";
import { exists } from "../../../system/fs/index.ts";
import { quote } from "../../../text/index.ts";
import { openProject } from "../../session/project-session.ts";
import { type ApplicationOptions, warnOfModules } from "../open-application.ts";
import type { PreparationOptions } from "../prepared-tree.ts";
import { copyWords, quotedWord, refuseControlCharacters, shellWord } from "./words.ts";

export type DockerfileOptions = ApplicationOptions &
  PreparationOptions & {
    /** The program that a container starts. Default: the only one of the project, or the one with its name. */
    readonly app?: string | undefined;
    /** The image below the application. Default: `debian:12-slim`. */
    readonly base?: string | undefined;
    /** The image of the stage that builds it, which needs a shell. Default: `base`, if it is likely to have one. */
    readonly buildBase?: string | undefined;
    readonly image?: ImageSettings;
  };

/** The first line of what `dockerfileOf` returns, by which it is recognized. */
export const dockerfileHead = "# Written by `posy export --dockerfile`.";

const defaultBase = "debian:12-slim";

/**
 * Returns a Dockerfile for the project that `context.cwd` is in. A stage builds the application with Posy: the
 * dependencies first, from the lock alone, so that a change of the sources builds only the project. The image has the
 * application and no Posy. Throws `usage` if there is no single program or if a Dockerfile can't contain an option,
 * `not-found` outside of projects or without a lock.
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
  const { image = {}, base = defaultBase } = options;
  // Distroless images have no shell.
  const { buildBase = base.includes("distroless") ? defaultBase : base } = options;
  const buildsElsewhere = buildBase !== base;
  checkImage("--base", base);
  checkImage("--build-base", buildBase);
  refuseControlCharacters(textsOf(options));
  const program = programOf(project, options);
  if (!project.isPackage && options.noInstallProject !== true) warnOfModules(project, context);
  const words = partWords(options);
  const folder = `/${imageFolder}`;
  const local = options.noInstallLocal === true ? ["--no-install-local"] : [];
  // The dependencies come from the lock in any case. Whether it is up to date, the whole project shows.
  const mode = options.locked === true ? "--locked" : "--frozen";
  const dependencies = ["posy export --frozen --no-install-local", ...words, "--dir /out/dependencies"];
  // The module of an entry point may be the project's own.
  const programs = (options.entryPoint ?? []).map((text) => `--entry-point ${shellWord(text)}`);
  const whole = [`posy export ${mode}`, ...local, ...words, ...programs, "--dir /out/project"];
  const commands = [
    whole.join(" "),
    ...(program.isKnown ? [] : [checkOf(program.name)]),
    "cd /out/project",
    `find . ! -type d -exec sh -c 'for file; do cmp -s "$file" "/out/dependencies/$file" && rm "$file"; done; true' sh {} +`,
  ];
  return `# syntax=docker/dockerfile:1
${dockerfileHead}
# It needs BuildKit. POSY is the Posy program for the platform of the build: a URL, or a path in this folder.
#
#     docker build --build-arg POSY=… .

ARG BASE=${base}
${buildsElsewhere ? `ARG BUILD_BASE=${buildBase}\n` : ""}
FROM \${${buildsElsewhere ? "BUILD_BASE" : "BASE"}} AS build
ARG POSY=posy
ADD --chmod=755 \${POSY} /usr/local/bin/posy
ENV POSY_HOME=/var/cache/posy
WORKDIR /src
# The dependencies need the lock alone. They stay as they are when only the sources change.
${filesOfLock(project, lockPath, context)
  .map(({ from, to }) => `COPY ${copyWords(from, to)}`)
  .join("\n")}
RUN --mount=type=cache,target=/var/cache/posy \\
    ${dependencies.join(" ")}
COPY . .
# Of the whole application, only the files stay that the dependencies lack.
RUN --mount=type=cache,target=/var/cache/posy \\
    ${commands.join(" \\\n    && ")}

FROM \${BASE}
COPY --from=build /out/dependencies ${folder}
COPY --from=build /out/project ${folder}
${settings(image, folder).join("\n")}
ENTRYPOINT ${JSON.stringify(entrypointOf(program, folder))}
${(image.arguments ?? []).length > 0 ? `CMD ${JSON.stringify(image.arguments)}\n` : ""}`;
}

/** Throws `usage` unless a text is the name of an image in a registry. */
function checkImage(option: string, text: string): void {
  if (text === "scratch") {
    throw new PosyError("usage", `\`${option} scratch\` has no C library, and an application needs one`, {
      hint: "name another image: `debian:12-slim`, or a distroless one with the C library",
    });
  }
  if (/^(?!(?:oci|oci-archive|docker-archive|docker):)[A-Za-z0-9][\w.-]*(?:[:/@][\w.-]+)*$/.test(text))
    return;
  throw new PosyError("usage", `${quote(text)} is not the name of an image in a registry`, {
    hint: `a Dockerfile names such an image: \`${option} debian:12-slim\`; \`--oci\` also takes a folder or an archive`,
  });
}

/** Returns the texts of options, as they are typed. */
function textsOf({ image = {}, ...options }: DockerfileOptions): readonly (readonly [string, string])[] {
  const { user, workdir, labels = new Map(), variables = new Map() } = image;
  const lists = [...listOptions(options), ["--entry-point", options.entryPoint] as const];
  return [
    ...[...labels, ...variables].map(([name, value]) => [`${name}=…`, `${name}${value}`] as const),
    ...lists.flatMap(([option, values = []]) => values.map((value) => [option, value] as const)),
    ["--app", options.app ?? ""],
    ["--image-user", user ?? ""],
    ["--image-workdir", workdir ?? ""],
  ];
}

/** A program of the application, in its folder `bin`. */
interface Program {
  readonly name: string;
  /** Whether it is an entry point of the project or of the command line, and not one that a dependency may have. */
  readonly isKnown: boolean;
}

/** Returns the program to start. The programs of dependencies are known only when the application is built. */
function programOf(
  { name, scripts, isScript, isPackage }: Project,
  { app, entryPoint = [], noInstallProject, noInstallLocal, noInstallPackage, onlyGroup }: DockerfileOptions,
): Program {
  if (isScript) {
    throw new PosyError("usage", "a Dockerfile is for a project, and not for a script", {
      hint: "`posy export --oci` makes an image of a script",
    });
  }
  const added = entryPoint.map((text) => parseEntryPoint(text).name);
  const isLeftOut =
    noInstallProject || noInstallLocal || (name !== undefined && noInstallPackage?.includes(name));
  const isInstalled = isPackage && !isLeftOut && onlyGroup === undefined;
  const programs = [...(isInstalled ? scripts : []), ...added];
  const [first, second] = programs;
  const wanted = app ?? (name !== undefined && programs.includes(name) ? name : undefined);
  if (wanted !== undefined && programs.includes(wanted)) return { name: wanted, isKnown: true };
  if (wanted !== undefined && !scripts.includes(wanted)) return { name: wanted, isKnown: false };
  if (wanted === undefined && first !== undefined && second === undefined)
    return { name: first, isKnown: true };
  if (!isInstalled && scripts.length > 0 && first === undefined) {
    const why = isPackage ? "the project is not installed" : "the project is not a package";
    throw new PosyError("usage", `${why}, so it has no programs`, {
      hint: isPackage
        ? "leave out the option that leaves it out, or add a program: `--entry-point NAME=module:function`"
        : "add a `[build-system]` to `pyproject.toml`, or add a program: `--entry-point NAME=module:function`",
    });
  }
  const names = programs.map((program) => `\`${program}\``).join(", ");
  throw new PosyError("usage", `the project has ${first === undefined ? "no" : "several"} programs`, {
    hint: `name the one to start with \`--app\`${names === "" ? ", or add one: `--entry-point NAME=module:function`" : `: ${names}`}`,
  });
}

/** Returns a command for `sh` that fails if the application lacks a program. */
function checkOf(program: string): string {
  const message = `error: the application has no program \`${program}\`: name another one with --app`;
  return `{ test -x ${shellWord(`/out/project/bin/${program}`)} || { echo ${shellWord(message)} >&2; exit 1; }; }`;
}

/** A launcher needs a shell, which a small base may lack. Python runs the launcher of an entry point, too. */
function entrypointOf({ name, isKnown }: Program, folder: string): readonly string[] {
  const path = `${folder}/bin/${name}`;
  return isKnown ? [`${folder}/bin/python`, "-s", path] : [path];
}

/** Returns the options with values that choose a part of the lock, as they are typed. */
function listOptions(
  options: DockerfileOptions,
): readonly (readonly [option: string, values: readonly string[] | undefined])[] {
  const { env, python, group, extra, noGroup, onlyGroup, noInstallPackage } = options;
  return [
    ["--env", env === undefined ? undefined : [env]],
    ["--python", python === undefined ? undefined : [python]],
    ["--group", group],
    ["--extra", extra],
    ["--no-group", noGroup],
    ["--only-group", onlyGroup],
    ["--no-install-package", noInstallPackage],
  ];
}

/** Returns the options that choose a part of the lock and of its files, as they are typed. */
function partWords(options: DockerfileOptions): readonly string[] {
  const flags = {
    "--all-groups": options.allGroups,
    "--all-extras": options.allExtras,
    "--no-dev": options.noDev,
    "--no-install-project": options.noInstallProject,
    "--strip": options.strip,
    "--compile": options.compile,
  };
  return [
    ...listOptions(options).flatMap(([option, values = []]) =>
      values.map((value) => `${option} ${shellWord(value)}`),
    ),
    ...Object.entries(flags).flatMap(([option, value]) => (value ? [option] : [])),
  ];
}

/**
 * Returns the files that reading the lock needs, by the folder that they are copied to, which ends with `/`. Warns of
 * one outside of the project, which a build does not have.
 */
function filesOfLock(
  { folder, path, otherFiles }: Project,
  lockPath: string,
  context: OperationContext,
): readonly { readonly from: readonly string[]; readonly to: string }[] {
  const files = [path, lockPath, ...otherFiles]
    .map((file) => relative(folder, file).replaceAll("\\", "/"))
    .filter((file) => /\.(toml|lock)$/.test(file));
  const outside = files.filter((file) => file.startsWith("../") || isAbsolute(file));
  for (const file of outside)
    warn(context, `${quote(file)} is outside of the project, so the build does not have its settings`);
  const byFolder = new Map<string, string[]>();
  for (const file of new Set(files.filter((each) => !outside.includes(each)))) {
    const to = `${dirname(file)}/`;
    byFolder.set(to, [...(byFolder.get(to) ?? []), file]);
  }
  return [...byFolder].map(([to, from]) => ({ from, to }));
}

function settings(
  { user, workdir, labels, variables, ports, healthcheck }: ImageSettings,
  folder: string,
): readonly string[] {
  const pairs = (instruction: string, values: ReadonlyMap<string, string> | undefined) =>
    [...(values ?? [])].map(([name, value]) => {
      const key = /^[\w.-]+$/.test(name) ? name : quotedWord(name);
      return `${instruction} ${key}=${quotedWord(value)}`;
    });
  const plain = (text: string) => (/^[\w./:@-]+$/.test(text) ? text : quotedWord(text));
  return [
    `ENV PATH="${folder}/bin:$PATH"`,
    ...pairs("ENV", variables),
    ...pairs("LABEL", labels),
    `WORKDIR ${plain(workdir ?? folder)}`,
    ...(user === undefined ? [] : [`USER ${plain(user)}`]),
    ...(ports ?? []).map((port) => `EXPOSE ${port}`),
    ...(healthcheck === undefined
      ? []
      : [`HEALTHCHECK CMD ${JSON.stringify(["/bin/sh", "-c", healthcheck])}`]),
  ];
}
