import { keyIn, refuseKey } from "../../../toml/index.ts";
import type { CommandStep, ProjectCommand } from "./project-command.ts";

/** Refuses commands that depend on themselves. Throws `invalid-project` with the whole cycle. */
export function refuseCycles(commands: ReadonlyMap<string, ProjectCommand>): void {
  const done = new Set<string>();
  for (const first of commands.keys()) {
    // The path to the present command, with the commands that are still to visit from each. No recursion: a path may
    // be of any length.
    const path = new Map<string, Iterator<string, unknown>>();
    const stack: string[] = [];
    const enter = (name: string): void => {
      if (path.has(name)) {
        const cycle = [...stack.slice(stack.indexOf(name)), name];
        throw refuseKey(keyIn("tool.posy.commands", name), `waits for itself: ${cycle.join(" → ")}`, {
          hint: "take one of them out of `depends-on` or `all`",
        });
      }
      const command = commands.get(name);
      if (command === undefined || done.has(name)) return;
      path.set(name, dependenciesOf(command).values());
      stack.push(name);
    };
    enter(first);
    for (let name = stack.at(-1); name !== undefined; name = stack.at(-1)) {
      const next = path.get(name)?.next();
      if (next?.done === false) {
        enter(next.value);
        continue;
      }
      stack.pop();
      path.delete(name);
      done.add(name);
    }
  }
}

function dependenciesOf({ dependsOn, action }: CommandStep): readonly string[] {
  switch (action.kind) {
    case "command":
      return [...dependsOn, action.name];
    case "all":
      return [...dependsOn, ...action.steps.flatMap(dependenciesOf)];
    default:
      return dependsOn;
  }
}
