import { lstat } from "node:fs/promises";
import { basename, join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { quote } from "../../text/index.ts";
import type { BuildOutcome, BuildRequest } from "./run-backend.ts";
import type { HookReply } from "./run-hook.ts";

/** Holds a hook's answer against what lies in the output folder. Throws `build-failed` where they don't agree. */
export async function checkOutput(
  reply: Extract<HookReply, { kind: "answer" }>,
  { output, label }: BuildRequest,
): Promise<BuildOutcome> {
  const { hook, answer } = reply;
  const wanted = forms.find(({ hooks }) => hooks.includes(hook));
  const broken = (what: string) =>
    new PosyError(
      "build-failed",
      `the build backend of \`${label}\` broke its contract: \`${hook}\` ${what}`,
      {
        hint: "choose another version, or tell those who publish it",
      },
    );
  if (wanted === undefined || typeof answer !== "string") throw broken("gave no name of what it made");
  // The PEP wants a name; a path into that folder is understood all the same.
  const name = basename(answer);
  if (!wanted.pattern.test(name) || (name !== answer && join(output, name) !== answer)) {
    throw broken(`gave ${quote(answer)}, which is no name of ${wanted.noun}`);
  }
  const found = await lstat(join(output, name)).catch(() => undefined);
  if (found === undefined) throw broken(`gave ${quote(name)} and made no such file`);
  if (wanted.kind === "metadata") {
    const distInfo = join(output, name);
    const metadata = await lstat(join(distInfo, "METADATA")).catch(() => undefined);
    if (!found.isDirectory() || !metadata?.isFile())
      throw broken(`gave ${quote(name)}, which has no \`METADATA\``);
    return { kind: "metadata", distInfo };
  }
  if (!found.isFile()) throw broken(`gave ${quote(name)}, which is no file`);
  return { kind: wanted.kind, filename: name };
}

interface Form {
  readonly kind: "metadata" | "wheel" | "sdist";
  readonly hooks: readonly string[];
  readonly pattern: RegExp;
  readonly noun: string;
}

const forms: readonly Form[] = [
  {
    kind: "metadata",
    hooks: ["prepare_metadata_for_build_wheel"],
    pattern: /^[^/\\]+\.dist-info$/,
    noun: "a `.dist-info` folder",
  },
  { kind: "wheel", hooks: ["build_wheel", "build_editable"], pattern: /^[^/\\]+\.whl$/, noun: "a wheel" },
  {
    kind: "sdist",
    hooks: ["build_sdist"],
    pattern: /^[^/\\]+\.(?:tar\.gz|zip)$/,
    noun: "a source distribution",
  },
];
