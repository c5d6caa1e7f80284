import { programPath, runTool, type ToolRun } from "./tools.ts";

/**
 * Runs a program in a root folder, which sees no files but those in it. `/proc` and `/dev` are mounted only for the
 * program. With several folders, the first is on top of the others, and what is written is gone afterwards.
 */
export function runInRoot(
  roots: string | readonly string[],
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ToolRun {
  const layers = typeof roots === "string" ? [roots] : roots;
  const mount =
    layers.length === 1
      ? `root=${layers[0]}`
      : [
          "root=$(mktemp -d)",
          // The mounts of this process are gone when it ends, and the folder is empty then.
          "mount -t tmpfs tmpfs $root && mkdir $root/upper $root/work $root/all",
          `mount -t overlay overlay -o lowerdir=${layers.join(":")},upperdir=$root/upper,workdir=$root/work $root/all`,
          "root=$root/all",
        ].join(" && ");
  const script = [
    mount,
    "mkdir -p $root/proc $root/dev $root/tmp",
    "mount -t proc proc $root/proc",
    "mount --rbind /dev $root/dev",
    `exec ${programPath("chroot")} $root "$@"`,
  ].join(" && ");
  return runTool(["unshare", "--mount", "sh", "-c", script, "sh", ...command], {
    env: { HOME: "/root", PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C.UTF-8", ...env },
  });
}
