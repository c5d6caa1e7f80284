import { mkdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import type { IndexSettings } from "../../packages/index.ts";
import { openRepository } from "../../remote/index.ts";
import type { OperationContext } from "../../settings/index.ts";
import {
  type ImageSource,
  openArchiveSource,
  openLayoutSource,
  parseReference,
  type Reference,
  registrySource,
} from "../../system/oci/index.ts";
import { quote } from "../../text/index.ts";

/** Where the image of `--base` is. */
export interface OpenedBase {
  readonly source: ImageSource;
  /** Its tag or digest. */
  readonly reference: string | undefined;
  /** The repository, if it is in a registry. */
  readonly repository: Reference | undefined;
}

export interface BaseContext extends Pick<OperationContext, "environment" | "cwd" | "reporter"> {
  readonly index: IndexSettings;
  /** An existing folder for what is unpacked. */
  readonly folder: string;
}

/**
 * Opens the base that `--base` names: a folder with an image layout, a tar archive, or an image in a registry, as
 * `host/name:tag`. The prefixes `oci:`, `oci-archive:`, `docker-archive:` and `docker://` of skopeo are understood. A
 * name without a host belongs to the registry that POSY_IMAGE_REGISTRY names. Throws `invalid-url`, `not-found`,
 * `usage`.
 */
export async function openBase(text: string, context: BaseContext): Promise<OpenedBase> {
  const { cwd, folder, index, reporter, environment } = context;
  const [, kind, rest = text] = /^(oci|oci-archive|docker-archive|docker):(?:\/\/)?(.*)$/s.exec(text) ?? [];
  const local =
    kind === "docker" || text.startsWith("oci://") ? undefined : await localImage(resolve(cwd), rest);
  if (local !== undefined) {
    const source = local.isFolder
      ? await openLayoutSource(local.path)
      : await openArchiveSource(local.path, await subfolder(folder));
    return { source, reference: local.tag, repository: undefined };
  }
  if (kind !== undefined && kind !== "docker" && !text.startsWith("oci://")) {
    throw new PosyError("not-found", `there is no image at ${quote(rest)}`, {
      hint: "check the path of `--base`",
    });
  }
  const repository = parseReference(withRegistry(rest, environment));
  const registry = openRepository(repository, { index, reporter, environment });
  return {
    source: registrySource(registry),
    reference: repository.digest ?? repository.tag ?? "latest",
    repository,
  };
}

async function subfolder(folder: string): Promise<string> {
  const path = join(folder, "base");
  await mkdir(path, { recursive: true });
  return path;
}

/** Returns the folder or file that a text names, perhaps with a tag behind it; undefined if there is none. */
async function localImage(
  cwd: string,
  text: string,
): Promise<
  { readonly path: string; readonly isFolder: boolean; readonly tag: string | undefined } | undefined
> {
  const colon = text.lastIndexOf(":");
  const candidates = [
    { path: text, tag: undefined },
    ...(colon > 1 ? [{ path: text.slice(0, colon), tag: text.slice(colon + 1) }] : []),
  ];
  for (const { path, tag } of candidates) {
    if (path === "") continue;
    const absolute = resolve(cwd, path);
    const stats = await stat(absolute).catch(() => undefined);
    if (stats !== undefined) return { path: absolute, isFolder: stats.isDirectory(), tag };
  }
  return undefined;
}

/** Adds the registry of POSY_IMAGE_REGISTRY to a name without a host. */
function withRegistry(text: string, environment: NodeJS.ProcessEnv): string {
  const host = text.split("/", 1)[0] ?? "";
  if (text.includes("/") && (/[.:]/.test(host) || host === "localhost")) return text;
  const registry = environment["POSY_IMAGE_REGISTRY"]?.replace(/^(oci|https?):\/\//, "").replace(/\/+$/, "");
  if (registry) return `${registry}/${text}`;
  throw new PosyError("usage", `${quote(text)} names no registry`, {
    hint: "write `HOST/NAME:TAG`, set POSY_IMAGE_REGISTRY to the registry of such names, or name a folder or archive",
  });
}
