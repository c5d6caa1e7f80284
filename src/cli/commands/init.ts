import { resolve } from "node:path";
import { choosePython } from "../../operations/new/python-choice.ts";
import { initProject } from "../../operations/new/init-project.ts";
import { findVersionFile } from "../../project/python-version-file/find-version-file.ts";
import { parsePythonRequest } from "../../model/python-request.ts";
import { writeAtomic } from "../../system/fs/files.ts";
import type { CommandContext } from "./command.ts";

export interface InitOptions {
  readonly name?: string;
  readonly python?: string;
  readonly json?: true;
}

/** `posy init`: makes a folder a project, tells what it took from where, and what it left. */
export async function initCommand(
  path: string,
  options: InitOptions,
  { console, cwd, environment }: CommandContext,
): Promise<number> {
  const folder = resolve(cwd, path);
  const request = options.python ?? (await pinned(folder, environment));
  const python = choosePython(request);
  const made = await initProject(folder, {
    python,
    ...(options.name !== undefined && { name: options.name }),
  });
  const changed = made.text !== (made.before ?? "");
  if (changed) await writeAtomic(made.path, made.text);
  for (const each of made.left) console.warn(each);
  if (options.json) console.print(asJson(made, changed));
  else console.printDone(asText(made, changed));
  return 0;
}

type Made = Awaited<ReturnType<typeof initProject>>;

/** What a version file of this very folder says, if that is a version. */
async function pinned(folder: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const file = await findVersionFile({ environment, cwd: folder });
  const request = file?.global ? undefined : file?.pins[0]?.request;
  return request !== undefined && parsePythonRequest(request).kind === "version" ? request : undefined;
}

function asJson({ path, before, taken, left }: Made, changed: boolean): string {
  return `${JSON.stringify({ path, made: before === undefined, changed, taken, left }, undefined, 2)}\n`;
}

function asText({ path, before, taken, project }: Made, changed: boolean): string {
  const what = before === undefined ? "made" : changed ? "added to" : "as it was: it is a project already";
  const lines = taken.map(({ from, to, count }) => `  ${to}: ${count} from ${from}`);
  const groups = [...project.groups.values()].map(({ nameText }) => nameText);
  const said = [
    ...(project.nameText === undefined ? [] : [`  name: ${project.nameText}`]),
    ...(project.requiresPython === undefined
      ? []
      : [`  requires-python: ${project.requiresPython.value.text}`]),
    `  dependencies: ${project.dependencies.length}`,
    ...(groups.length === 0 ? [] : [`  groups: ${groups.join(", ")}`]),
  ];
  return [`${path}: ${what}`, ...(changed ? lines : said), ""].join("\n");
}
