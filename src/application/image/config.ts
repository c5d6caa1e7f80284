import type { Digest } from "../../system/oci/index.ts";
import type { ImageLayer } from "./layers.ts";
import type { ImagePlatform } from "./platform.ts";

/** What a person chooses for the containers of an image. */
export interface ImageSettings {
  /** The user, and perhaps the group: `1000`, `1000:1000`, `www-data`. */
  readonly user?: string | undefined;
  /** The absolute working directory. Default: that of the base, else `/app`. */
  readonly workdir?: string | undefined;
  readonly labels?: ReadonlyMap<string, string>;
  readonly variables?: ReadonlyMap<string, string>;
  /** Ports: `8000`, `8000/tcp`. */
  readonly ports?: readonly string[];
  /** Arguments of the program, which `docker run IMAGE ARGS` replaces. */
  readonly arguments?: readonly string[];
  /** A command line for `sh` that says whether a container is healthy. */
  readonly healthcheck?: string | undefined;
}

/** The parts of an image configuration that Posy reads (OCI Image Specification, "Image Configuration"). */
export interface ImageConfig {
  readonly created?: string;
  readonly architecture?: string;
  readonly os?: string;
  readonly variant?: string;
  readonly config?: ContainerConfig;
  readonly rootfs?: { readonly type: string; readonly diff_ids: readonly string[] };
  readonly history?: readonly unknown[];
  readonly [key: string]: unknown;
}

interface ContainerConfig {
  readonly Env?: readonly string[];
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly ExposedPorts?: Readonly<Record<string, unknown>> | null;
  readonly WorkingDir?: string;
  readonly User?: string;
  readonly [key: string]: unknown;
}

const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export interface ImageContents {
  readonly platform: ImagePlatform;
  /** The program and its first arguments. */
  readonly entrypoint: readonly string[];
  /** The absolute folder of the programs. */
  readonly programs: string;
  /** The absolute folder of the application. */
  readonly folder: string;
  readonly layers: readonly ImageLayer[];
  /** Seconds since 1970. */
  readonly time: number;
  readonly labels: ReadonlyMap<string, string>;
}

/**
 * Returns the configuration of an image: that of the base with the layers of the application, its program, and the
 * settings. The base's own program is replaced. Equal inputs give equal texts.
 */
export function imageConfig(base: ImageConfig, contents: ImageContents, settings: ImageSettings): string {
  const { platform, entrypoint, layers, time, labels } = contents;
  const created = formatImageTime(time);
  const { Cmd: _command, Entrypoint: _program, ...kept } = base.config ?? {};
  const { user, workdir, ports = [], arguments: words = [], healthcheck } = settings;
  const config: ContainerConfig = {
    ...kept,
    Env: environment(kept.Env ?? [], contents.programs, settings.variables ?? new Map<string, string>()),
    Entrypoint: entrypoint,
    ...(words.length > 0 && { Cmd: words }),
    WorkingDir: workdir ?? (kept.WorkingDir && kept.WorkingDir !== "/" ? kept.WorkingDir : contents.folder),
    ...(user !== undefined && { User: user }),
    ...(ports.length > 0 && {
      ExposedPorts: {
        ...kept.ExposedPorts,
        ...Object.fromEntries(ports.map((port) => [port.includes("/") ? port : `${port}/tcp`, {}])),
      },
    }),
    Labels: { ...kept.Labels, ...Object.fromEntries(labels), ...Object.fromEntries(settings.labels ?? []) },
    ...(healthcheck !== undefined && { Healthcheck: { Test: ["CMD-SHELL", healthcheck] } }),
  };
  const image: ImageConfig = {
    created,
    architecture: platform.architecture,
    os: platform.os,
    ...(platform.variant !== undefined && { variant: platform.variant }),
    config,
    rootfs: {
      type: "layers",
      diff_ids: [...(base.rootfs?.diff_ids ?? []), ...layers.map(({ diffId }): Digest => diffId)],
    },
    history: [
      ...(base.history ?? []),
      ...layers.map((layer) => ({ created, created_by: `posy export: ${layer.contents}` })),
    ],
  };
  return JSON.stringify(image);
}

/** Formats a time in seconds since 1970 (RFC 3339): `2026-01-31T12:00:00Z`. */
export function formatImageTime(time: number): string {
  return new Date(time * 1000).toISOString().replace(/\.000Z$/, "Z");
}

/** Puts the folder of the programs at the front of PATH, and adds variables. */
function environment(
  base: readonly string[],
  programs: string,
  variables: ReadonlyMap<string, string>,
): readonly string[] {
  const all = new Map(base.map((line) => [line.split("=", 1)[0] ?? "", line.slice(line.indexOf("=") + 1)]));
  all.set("PATH", `${programs}:${all.get("PATH") ?? defaultPath}`);
  for (const [name, value] of variables) all.set(name, value);
  return [...all].map(([name, value]) => `${name}=${value}`);
}
