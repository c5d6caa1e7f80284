import type { Finding } from "../../operations/doctor/finding.ts";
import { visible } from "../../text/index.ts";
import { version } from "../../version.ts";

/** The findings by area, and below them the number of problems. */
export function renderDoctor(findings: readonly Finding[]): string {
  const areas = [...new Set(findings.map(({ area }) => area))];
  const sections = areas.map((area) => {
    const lines = findings
      .filter((finding) => finding.area === area)
      .flatMap(({ level, message, hint }) => [
        `  ${level.padEnd(9)}${visible(message)}`,
        ...(hint === undefined || level === "ok" ? [] : [`           hint: ${visible(hint)}`]),
      ]);
    return [area, ...lines].join("\n");
  });
  const count = findings.filter(({ level }) => level === "problem").length;
  const end = count === 0 ? "nothing is wrong" : `${count} ${count === 1 ? "problem" : "problems"}`;
  return `${[`posy ${version}`, ...sections, end].join("\n\n")}\n`;
}
