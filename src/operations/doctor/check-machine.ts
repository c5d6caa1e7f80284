import { cpus, release, totalmem } from "node:os";
import { detectLibc, thisMachine } from "../../system/machine/index.ts";
import { runCaptured } from "../../system/process/index.ts";
import { type Finding, findingsOf } from "./finding.ts";

const { ok, note, problem } = findingsOf("machine");

/** Checks the operating system, the processor and the C library. */
export async function checkMachine(environment: NodeJS.ProcessEnv): Promise<readonly Finding[]> {
  // Throws `unknown-platform`, which becomes the finding.
  const machine = await thisMachine();
  const memory = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB of memory`;
  const findings = [ok(`${machine.platform}, ${process.platform} ${release()}, ${memory}`)];
  if (process.platform === "linux") findings.push(...libcFindings(machine.markers.platform_machine));
  if (process.platform === "win32") findings.push(...(await windowsFindings(environment)));
  findings.push(ok(`platform tags: ${machine.platformTags.join(", ") || "none"}`));
  return findings;
}

function libcFindings(arch: string): readonly Finding[] {
  const { glibc, musl } = detectLibc(arch);
  const found = [...(glibc ? [`glibc ${glibc.join(".")}`] : []), ...(musl ? [`musl ${musl.join(".")}`] : [])];
  return [
    found.length > 0
      ? ok(`C library: ${found.join(" and ")}`)
      : problem("no C library was recognised, so no wheel with compiled code fits", "install glibc or musl"),
  ];
}

/** Checks the two settings of Windows that change which paths and links programs may make. */
async function windowsFindings(environment: NodeJS.ProcessEnv): Promise<readonly Finding[]> {
  const [longPaths, developer] = await Promise.all([
    registryNumber(
      String.raw`HKLM\SYSTEM\CurrentControlSet\Control\FileSystem`,
      "LongPathsEnabled",
      environment,
    ),
    registryNumber(
      String.raw`HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\AppModelUnlock`,
      "AllowDevelopmentWithoutDevLicense",
      environment,
    ),
  ]);
  return [
    longPaths === 1
      ? ok("paths may be longer than 260 characters")
      : note(
          "paths are limited to 260 characters for many programs",
          "set `LongPathsEnabled` to 1 below `HKLM\\SYSTEM\\CurrentControlSet\\Control\\FileSystem` in the registry",
        ),
    developer === 1
      ? ok("Developer Mode is on: symbolic links to files can be made")
      : note("Developer Mode is off: Posy uses junctions and hard links instead of symbolic links"),
  ];
}

async function registryNumber(
  key: string,
  name: string,
  environment: NodeJS.ProcessEnv,
): Promise<number | undefined> {
  const { stdout } = await runCaptured("reg", ["query", key, "/v", name], { env: environment }).catch(() => ({
    stdout: "",
  }));
  const text = /REG_DWORD\s+0x([0-9a-f]+)/i.exec(stdout)?.[1];
  return text === undefined ? undefined : Number.parseInt(text, 16);
}
