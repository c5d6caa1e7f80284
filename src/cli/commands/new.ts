import { join, relative, resolve } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { backendNamed, buildBackendNames } from "../../operations/new/build-backends.ts";
import { createProject } from "../../operations/new/create-project.ts";
import { createScript } from "../../operations/new/new-script.ts";
import type { ProjectKind } from "../../operations/new/new-project.ts";
import { didYouMean } from "../../text/index.ts";
import type { CommandContext } from "./command.ts";

export interface NewOptions {
  readonly lib?: true;
  readonly notebook?: true;
  readonly script?: true;
  readonly buildBackend?: string;
  readonly python?: string;
  readonly json?: true;
}

/** `posy new`: creates the folder of a project that runs at once. It fetches nothing. */
export async function newCommand(
  path: string,
  options: NewOptions,
  context: CommandContext,
): Promise<number> {
  const { console, cwd } = context;
  if (options.script) return newScript(path, options, context);
  const folder = resolve(cwd, path);
  if (folder === resolve(cwd)) {
    throw new PosyError("usage", "`posy new` creates a folder, and this one exists already", {
      hint: "`posy init` turns this folder into a project",
    });
  }
  const { files, warnings } = await createProject(
    folder,
    { kind: kindOf(options), python: options.python },
    context,
  );
  for (const warning of warnings) console.warn(warning);
  const shown = relative(cwd, folder).startsWith("..") ? folder : relative(cwd, folder);
  if (options.json) console.print(`${JSON.stringify({ path: folder, files }, undefined, 2)}\n`);
  else console.printDone(files.map((file) => `${join(shown, file)}\n`).join(""));
  return 0;
}

async function newScript(
  file: string,
  { lib, notebook, buildBackend, python, json }: NewOptions,
  context: CommandContext,
): Promise<number> {
  const other = lib ? "--lib" : notebook ? "--notebook" : buildBackend ? "--build-backend" : undefined;
  if (other !== undefined) {
    throw new PosyError("usage", `\`${other}\` does not apply to \`--script\``, {
      hint: "leave out one of them",
    });
  }
  const path = await createScript(file, { python }, context);
  if (json) context.console.print(`${JSON.stringify({ path }, undefined, 2)}\n`);
  else context.console.printDone(`${relative(context.cwd, path)}\n`);
  return 0;
}

function kindOf({ lib, notebook, buildBackend }: NewOptions): ProjectKind {
  if (lib && notebook) {
    throw new PosyError("usage", "`--lib` and `--notebook` are two kinds of project", {
      hint: "leave out one of them",
    });
  }
  if (buildBackend === undefined && !lib) return notebook ? { kind: "notebook" } : { kind: "app" };
  if (notebook) {
    throw new PosyError("usage", "`--build-backend` does not apply to `--notebook`, which is not built", {
      hint: "leave out one of them",
    });
  }
  const written = buildBackend ?? "hatchling";
  const backend = backendNamed(written.toLowerCase());
  if (backend !== undefined) return { kind: "lib", backend };
  const [similar] = didYouMean(written, buildBackendNames);
  throw new PosyError("usage", `\`--build-backend\` does not know \`${written}\``, {
    hint: `${similar === undefined ? "" : `did you mean \`${similar}\`? `}choose from: ${buildBackendNames.join(", ")}`,
  });
}
