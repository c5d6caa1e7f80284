import type { Option } from "@commander-js/extra-typings";
import { group, option, repeated, withoutNegation } from "./option.ts";

/** Where packages come from. The names are those of uv and pip. */
export function indexOptions(): readonly Option[] {
  return group("Indexes and network:", [
    repeated("--index <url>", "Look in this index before the others (repeatable; the first is tried first)"),
    option(
      "-i, --default-index <url>",
      "Use this index instead of the public one, after all others (also `--index-url`)",
    ),
    option("--index-url <url>", "Same as `--default-index`, under pip's name").hideHelp(),
    repeated("--extra-index-url <url>", "Same as `--index`, under pip's name"),
    repeated("-f, --find-links <url>", "Look in this folder or page of files, too (repeatable)"),
    withoutNegation(option("--no-index", "Use no index, only `--find-links`")),
    option(
      "--index-strategy <strategy>",
      "Choose how several indexes are used: `first-index` takes a package from the first index that has it, `merge` from all",
    ),
    option(
      "--exclude-newer <date>",
      "Ignore files uploaded after this date, or within this time: `2026-05-01`, `7 days`",
    ),
    repeated(
      "--exclude-newer-package <name=date>",
      "Replace `--exclude-newer` for one package; `NAME=false` sets no limit (repeatable)",
    ),
    option("--refresh", "Ask the indexes again, whatever is cached"),
    repeated("--refresh-package <name>", "Ask the indexes again for this package (repeatable)"),
    option("--cert <path>", "Trust the PEM certificates in this file or folder"),
    repeated("--trusted-host <host>", "Do not verify the certificate of this host (repeatable)"),
  ]);
}
