import type { Checked } from "../../pythons/pybi/check/index.ts";
import { visible } from "../../text/index.ts";

/** A line for each finding, and one that sums them up. */
export function renderFindings({ filename, findings, good, ran }: Checked): string {
  const lines = findings.map(({ severity, rule, message }) => `${severity} [${rule}] ${message}`);
  const count = (severity: string) => findings.filter((each) => each.severity === severity).length;
  const found = [
    ...(good ? [] : [`${count("error")} errors`]),
    ...(count("warning") > 0 ? [`${count("warning")} warnings`] : []),
  ];
  const end = `${filename}: ${good ? "good" : "not good"}${ran ? ", run here" : ", not run"}`;
  const all = [...lines, found.length > 0 ? `${end}; ${found.join(", ")}` : end];
  return all.map((line) => `${visible(line).replaceAll("\n", " ")}\n`).join("");
}
