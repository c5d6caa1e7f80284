import { resolve } from "node:path";
import { type InitializedFolder, initFolder } from "../../operations/new/init-folder.ts";
import { searchFolder } from "../../settings/index.ts";
import type { CommandContext } from "./command.ts";

export interface InitOptions {
  readonly name?: string;
  readonly python?: string;
  readonly json?: true;
}

/** `posy init`: turns a folder into a project, and prints what it took over from which file, and what it left out. */
export async function initCommand(
  path: string | undefined,
  options: InitOptions,
  context: CommandContext,
): Promise<number> {
  const { console, cwd } = context;
  const made = await initFolder(
    path === undefined ? searchFolder(context) : resolve(cwd, path),
    options,
    context,
  );
  for (const message of made.left) console.warn(message);
  if (options.json) console.print(asJson(made, made.isChanged));
  else console.printDone(asText(made, made.isChanged));
  return 0;
}

type Made = InitializedFolder;

function asJson({ path, before, taken, left }: Made, changed: boolean): string {
  return `${JSON.stringify({ path, made: before === undefined, changed, taken, left }, undefined, 2)}\n`;
}

function asText({ path, before, taken, project }: Made, changed: boolean): string {
  const what = before === undefined ? "made" : changed ? "added to" : "unchanged: it is a project already";
  const lines = taken.map(({ from, to, count }) => `  ${to}: ${count} from ${from}`);
  const groups = [...project.groups.values()].map(({ nameText }) => nameText);
  const summary = [
    ...(project.nameText === undefined ? [] : [`  name: ${project.nameText}`]),
    ...(project.requiresPython === undefined
      ? []
      : [`  requires-python: ${project.requiresPython.value.text}`]),
    `  dependencies: ${project.dependencies.length}`,
    ...(groups.length === 0 ? [] : [`  groups: ${groups.join(", ")}`]),
  ];
  return [`${path}: ${what}`, ...(changed ? lines : summary), ""].join("\n");
}
