import { publish, type PublishedFile, type PublishOptions, trustModes } from "../../operations/publish.ts";
import { shownPath } from "../../operations/locking/project-change.ts";
import type { IndexOptions } from "../../settings/index.ts";
import { choose } from "../../text/index.ts";
import type { CommandContext } from "./command.ts";

export type PublishCommandOptions = Pick<IndexOptions, "offline" | "cert" | "trustedHost"> &
  Pick<PublishOptions, "publishUrl" | "index" | "username" | "password" | "token" | "checkUrl"> & {
    readonly dryRun?: true;
    readonly trustedPublishing?: string;
    readonly attestations?: boolean;
    readonly readmeCheck?: boolean;
    readonly keyringProvider?: string;
    readonly json?: true;
  };

const words = { uploaded: "uploaded", exists: "is there already", checked: "can be uploaded" } as const;

/** `posy publish`: uploads files to an index. */
export async function publishCommand(
  files: readonly string[],
  options: PublishCommandOptions,
  context: CommandContext,
): Promise<number> {
  const { console, environment, cwd } = context;
  const { dryRun, trustedPublishing, attestations, readmeCheck, keyringProvider, json, ...rest } = options;
  const { offline, cert, trustedHost, ...target } = rest;
  const noAttestations =
    attestations === false ||
    isOn(environment["POSY_PUBLISH_NO_ATTESTATIONS"] ?? environment["UV_PUBLISH_NO_ATTESTATIONS"]);
  const provider =
    keyringProvider === undefined
      ? undefined
      : choose("--keyring-provider", keyringProvider, ["disabled", "subprocess"]);
  const published = await publish(
    {
      ...target,
      files,
      dryRun: dryRun === true,
      ...(trustedPublishing !== undefined && {
        trustedPublishing: choose("--trusted-publishing", trustedPublishing, trustModes),
      }),
      noAttestations,
      noReadmeCheck: readmeCheck === false,
      keyring: provider === undefined ? undefined : provider === "subprocess",
      network: { ...(offline && { offline }), ...(cert && { cert }), ...(trustedHost && { trustedHost }) },
      onFile: (file) => {
        if (!json) console.printDone(lineOf(file, cwd));
      },
    },
    context,
  );
  if (json) console.print(`${JSON.stringify(published, undefined, 2)}\n`);
  return 0;
}

function lineOf({ path, status }: PublishedFile, cwd: string): string {
  return `${shownPath(path, cwd)}: ${words[status]}\n`;
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && !/^(|0|false|no|off|n|f)$/i.test(value);
}
