import { parsePythonRequest } from "../../../model/index.ts";
import { defaultEnv } from "../group-name.ts";
import type { CommandStep } from "./project-command.ts";
import type { EnvName, Project, Written } from "../project.ts";

/** The settings that a step inherits from its command. */
interface Inherited {
  readonly env: EnvName;
  readonly python: Written<string> | undefined;
}

/**
 * Returns the Pythons that a project's commands run with in one of its environments, each once, in the order of the
 * file. Pythons that are named by path are left out, because they exist on one machine only.
 */
export function pythonsOfCommands({ commands }: Project, env: EnvName): readonly Written<string>[] {
  const found = new Map<string, Written<string>>();
  const seen = new Set<string>();
  const visitNamed = (name: string, outer: Inherited): void => {
    const key = JSON.stringify([name, outer.env, outer.python?.value]);
    const command = commands.get(name);
    if (command === undefined || seen.has(key)) return;
    seen.add(key);
    visit(command, outer);
  };
  const visit = (step: CommandStep, outer: Inherited): void => {
    for (const name of step.dependsOn) visitNamed(name, { ...outer, python: undefined });
    const inner = step.env ?? outer.env;
    for (const python of step.pythons.length > 0 ? step.pythons : [outer.python]) {
      visitWork(step, { env: inner, python });
    }
  };
  const visitWork = ({ action }: CommandStep, inherited: Inherited): void => {
    switch (action.kind) {
      case "run": {
        const { python } = inherited;
        if (inherited.env !== env || python === undefined || found.has(python.value)) return;
        if (parsePythonRequest(python.value).kind === "version") found.set(python.value, python);
        return;
      }
      case "all":
        for (const step of action.steps) visit(step, inherited);
        return;
      case "command":
        visitNamed(action.name, inherited);
        return;
      default:
    }
  };
  for (const name of commands.keys()) visitNamed(name, { env: defaultEnv, python: undefined });
  return [...found.values()];
}
