import type { Command, Option } from "@commander-js/extra-typings";
import type { PublishCommandOptions } from "../commands/publish.ts";
import type { AddCommand } from "./make-program.ts";
import { group, option, repeated } from "./options/option.ts";
import { jsonOption } from "./options/json-option.ts";

/** Adds `posy publish`. */
export function addPublishCommand(program: Command, add: AddCommand): void {
  add(
    program,
    "publish [file...]",
    "Upload wheels and source distributions to an index",
    publishOptions,
    async (options: PublishCommandOptions, files, context) => {
      const { publishCommand } = await import("../commands/publish.ts");
      return publishCommand(files, options, context);
    },
  );
}

function publishOptions(): readonly Option[] {
  return [
    ...group("Index:", [
      option("--publish-url <url>", "Upload to this URL (default: that of the public index)"),
      option(
        "--index <name>",
        "Upload to the index of this name: one with `publish-url`, or a section of `~/.pypirc`",
      ),
      option("--check-url <url>", "Skip files that this index, a URL of simple pages, has already"),
    ]),
    ...group("Credentials:", [
      option("-t, --token <token>", "Log in with this API token"),
      option("-u, --username <name>", "Log in as this user"),
      option("-p, --password <password>", "Log in with this password"),
      option(
        "--keyring-provider <provider>",
        "Ask the `keyring` program for the password: `subprocess` or `disabled`",
      ),
      option(
        "--trusted-publishing <when>",
        "Log in by the identity of a job of GitHub Actions or GitLab CI: `auto`, `always` or `never`",
      ),
    ]),
    ...group("Upload:", [
      option("--dry-run", "Check everything, and upload nothing"),
      option("--no-attestations", "Upload no attestations (PEP 740) that lie next to the files"),
      option("--no-readme-check", "Do not render a README in reStructuredText before the upload"),
      option("--cert <path>", "Trust the PEM certificates in this file or folder"),
      repeated("--trusted-host <host>", "Do not verify the certificate of this host (repeatable)"),
    ]),
    jsonOption(),
  ];
}
