import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BundledPackage } from "./bundled-packages.ts";

const folder = join("scripts", "release", "licences");

/** Returns the licences of everything in the compiled program as one text. */
export function licencesText(packages: readonly BundledPackage[], bunVersion: string): string {
  const sections: [title: string, text: string][] = [
    ["Posy", readFileSync("LICENSE", "utf8")],
    [`Bun ${bunVersion}`, readFileSync(join(folder, "bun.md"), "utf8")],
    ...packages.map((each): [string, string] => [`${each.name} ${each.version}`, textOf(each)]),
    ["GNU Library General Public License 2", readFileSync(join(folder, "lgpl-2.0.txt"), "utf8")],
    ["GNU Lesser General Public License 2.1", readFileSync(join(folder, "lgpl-2.1.txt"), "utf8")],
  ];
  const contents = sections.map(([title]) => `- ${title}\n`).join("");
  const texts = sections.map(
    ([title, text]) => `${"=".repeat(80)}\n${title}\n${"=".repeat(80)}\n\n${text.trim()}\n`,
  );
  return `The file \`posy\` contains:\n\n${contents}\n${texts.join("\n")}`;
}

function textOf({ licence, author, licenceTexts }: BundledPackage): string {
  if (licenceTexts.length > 0) return licenceTexts.map((text) => text.trim()).join("\n\n");
  if (licence !== "MIT") throw new Error(`a package under ${licence} has no licence file`);
  // The licence of this project is the MIT licence, too. Everything after the copyright line is the same.
  const [, terms = ""] = readFileSync("LICENSE", "utf8").split(/^Copyright .*\n/m);
  return `MIT License\n\nCopyright (c) ${author ?? "its authors"}\n${terms}`;
}
