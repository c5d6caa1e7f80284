import type { Option } from "@commander-js/extra-typings";
import { group, option, repeated } from "./option.ts";

/** Where packages come from: named as in uv and pip. */
export function indexOptions(): readonly Option[] {
  const noIndex = option("--no-index", "use only what `--find-links` names");
  // Commander would take it for the opposite of `--index`.
  noIndex.negate = false;
  return group("Where packages come from:", [
    repeated("--index <url>", "an index to look in before the others (repeatable, tried in order)"),
    option(
      "-i, --default-index <url>",
      "the index to look in last, instead of the public one (also --index-url)",
    ),
    option("--index-url <url>", "the same as `--default-index`, by pip's name").hideHelp(),
    repeated("--extra-index-url <url>", "the same as `--index`, by pip's name"),
    repeated("-f, --find-links <place>", "a folder or page with files beside the indexes (repeatable)"),
    noIndex,
    option(
      "--index-strategy <how>",
      "`first-index`: the first index that has a name is the only one asked for it; `merge`: all files of all",
    ),
    option("--exclude-newer <when>", "leave out files uploaded later: `2026-05-01`, `7 days`"),
    repeated(
      "--exclude-newer-package <name=when>",
      "the same for one package, in its place; `NAME=false` for no limit (repeatable)",
    ),
    option("--offline", "use nothing but what is here already"),
    option("--refresh", "ask the indexes again, whatever is remembered"),
    repeated("--refresh-package <name>", "the same for one package (repeatable)"),
    option("--cert <path>", "certificates to trust, as PEM"),
    repeated("--trusted-host <host>", "a host whose certificate is not checked (repeatable)"),
  ]);
}
