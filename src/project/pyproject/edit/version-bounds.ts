import { parseVersion } from "../../../vocab/version/index.ts";

export const boundKinds = ["lower", "major", "minor", "exact"] as const;

/** What is written of a version that was found, by uv's names: from there on, up to the next major or minor version, or just it. */
export type BoundKind = (typeof boundKinds)[number];

/** `>=1.2.3,<2.0.0`. As in uv leading zeros are passed over: what breaks between 0.1 and 0.2 is as between 1 and 2. */
export function versionBounds(text: string, kind: BoundKind): string {
  if (kind === "exact") return `==${text}`;
  if (kind === "lower") return `>=${text}`;
  const { epoch, release } = parseVersion(text);
  const first = release.findIndex((part) => Number(part) > 0);
  const major = first === -1 ? 1 : first;
  const raised = kind === "major" ? major : Math.max(major, Math.min(major + 1, 2));
  const length = Math.max(release.length, raised + 1);
  const upper = Array.from({ length }, (_, at) => {
    if (at > raised) return "0";
    return at === raised ? String(BigInt(release[at] ?? 0) + 1n) : String(release[at] ?? 0);
  });
  const front = Number(epoch) > 0 ? `${epoch}!` : "";
  return `>=${text},<${front}${upper.join(".")}`;
}
