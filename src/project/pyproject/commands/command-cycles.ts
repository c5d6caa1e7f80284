import { keyIn, refuseKey } from "../../../vocab/toml-value.ts";
import type { CommandStep, ProjectCommand } from "./project-command.ts";

/** Refuses commands that would wait for themselves. Throws `invalid-project` with the whole way round. */
export function refuseCycles(commands: ReadonlyMap<string, ProjectCommand>): void {
  const done = new Set<string>();
  const visit = (name: string, above: readonly string[]): void => {
    const way = [...above, name];
    if (above.includes(name)) {
      const circle = way.slice(above.indexOf(name));
      throw refuseKey(
        keyIn("tool.posy.commands", circle[0] ?? name),
        `waits for itself: ${circle.join(" → ")}`,
        {
          hint: "take one of them out of `depends-on` or `all`",
        },
      );
    }
    const command = commands.get(name);
    if (command === undefined || done.has(name)) return;
    for (const needed of namedIn(command)) visit(needed, way);
    done.add(name);
  };
  for (const name of commands.keys()) visit(name, []);
}

function namedIn({ dependsOn, does }: CommandStep): readonly string[] {
  switch (does.kind) {
    case "command":
      return [...dependsOn, does.name];
    case "all":
      return [...dependsOn, ...does.steps.flatMap(namedIn)];
    default:
      return dependsOn;
  }
}
