import type { Stats } from "node:fs";
import { basename, join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { asPosyError, lstatIfThere } from "../../system/fs/index.ts";
import { quote } from "../../text/index.ts";
import type { BuildOutcome, BackendCall } from "./run-backend.ts";
import type { HookReply } from "./run-hook.ts";

/** Checks a hook's answer against the files in the output folder. Throws `build-failed` if they don't agree. */
export function checkOutput(
  reply: Extract<HookReply, { kind: "answer" }>,
  { output, label }: BackendCall,
): BuildOutcome {
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
  if (wanted === undefined || typeof answer !== "string") throw broken("returned no file name");
  // PEP 517 asks for a name. A path into the output folder is accepted, too.
  const name = basename(answer);
  if (!wanted.pattern.test(name) || (name !== answer && join(output, name) !== answer)) {
    throw broken(`returned ${quote(answer)}, which is not the name of ${wanted.noun}`);
  }
  const stats = lookAt(join(output, name));
  if (stats === undefined) throw broken(`returned ${quote(name)} and made no such file`);
  if (wanted.kind === "metadata") {
    const distInfo = join(output, name);
    const metadata = lookAt(join(distInfo, "METADATA"));
    if (!stats.isDirectory() || !metadata?.isFile())
      throw broken(`gave ${quote(name)}, which has no \`METADATA\``);
    return { kind: "metadata", distInfo };
  }
  if (!stats.isFile()) throw broken(`returned ${quote(name)}, which is not a file`);
  return { kind: wanted.kind, filename: name };
}

/** Returns what is at a path; undefined if there is nothing. Throws `filesystem` if the disk fails. */
function lookAt(path: string): Stats | undefined {
  try {
    return lstatIfThere(path);
  } catch (error) {
    throw asPosyError(error, `reading \`${path}\``);
  }
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
