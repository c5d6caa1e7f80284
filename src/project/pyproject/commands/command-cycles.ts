import { keyIn, refuseKey } from "../../../toml/index.ts";
import type { CommandStep, ProjectCommand } from "./project-command.ts";

/** Refuses commands that would wait for themselves. Throws `invalid-project` with the whole way round. */
export function refuseCycles(commands: ReadonlyMap<string, ProjectCommand>): void {
  const done = new Set<string>();
  for (const first of commands.keys()) {
    // The way to where we are, and what is left to visit of each. Without recursion: a way may be of any length.
    const way = new Map<string, Iterator<string, unknown>>();
    const stack: string[] = [];
    const enter = (name: string): void => {
      if (way.has(name)) {
        const circle = [...stack.slice(stack.indexOf(name)), name];
        throw refuseKey(keyIn("tool.posy.commands", name), `waits for itself: ${circle.join(" → ")}`, {
          hint: "take one of them out of `depends-on` or `all`",
        });
      }
      const command = commands.get(name);
      if (command === undefined || done.has(name)) return;
      way.set(name, namedIn(command).values());
      stack.push(name);
    };
    enter(first);
    for (let name = stack.at(-1); name !== undefined; name = stack.at(-1)) {
      const next = way.get(name)?.next();
      if (next?.done === false) {
        enter(next.value);
        continue;
      }
      stack.pop();
      way.delete(name);
      done.add(name);
    }
  }
}

function namedIn({ dependsOn, action }: CommandStep): readonly string[] {
  switch (action.kind) {
    case "command":
      return [...dependsOn, action.name];
    case "all":
      return [...dependsOn, ...action.steps.flatMap(namedIn)];
    default:
      return dependsOn;
  }
}
