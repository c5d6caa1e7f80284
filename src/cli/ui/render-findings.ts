import type { Checked } from "../../pythons/pybi/check/index.ts";
import { visible } from "../../text/index.ts";

/** One line per finding, and a summary. */
export function renderFindings({ filename, findings, good, ran }: Checked): string {
  const lines = findings.map(({ severity, rule, message }) => `${severity} [${rule}] ${message}`);
  const count = (severity: string) => findings.filter((finding) => finding.severity === severity).length;
  const counts = [
    ...(good ? [] : [`${count("error")} errors`]),
    ...(count("warning") > 0 ? [`${count("warning")} warnings`] : []),
  ];
  const end = `${filename}: ${good ? "good" : "not good"}${ran ? ", run here" : ", not run"}`;
  const all = [...lines, counts.length > 0 ? `${end}; ${counts.join(", ")}` : end];
  return all.map((line) => `${visible(line).replaceAll("\n", " ")}\n`).join("");
}
