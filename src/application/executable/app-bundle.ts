import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ApplicationTree } from "../tree/index.ts";
import { icnsIcon } from "./icons.ts";
import type { FileInformation } from "./windows-resources.ts";
import { type ExecutableOptions, writeExecutable } from "./write-executable.ts";

/**
 * Writes the bundle of an application for macOS, the folder `path` (`NAME.app`): the program, `Info.plist`, the icon,
 * and the list of signed files. The signature of the program covers all of them, as that of `codesign --sign -`.
 */
export async function writeAppBundle(
  path: string,
  tree: ApplicationTree,
  options: Omit<ExecutableOptions, "bundle">,
  information: FileInformation,
): Promise<void> {
  const contents = join(path, "Contents");
  const icon = information.icon === undefined ? undefined : await icnsIcon(information.icon);
  const infoPlist = Buffer.from(infoPlistOf(options.identifier, information));
  const codeResources = Buffer.from(codeResourcesOf(icon));
  const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
  for (const folder of ["MacOS", "Resources", "_CodeSignature"])
    await mkdir(join(contents, folder), { recursive: true });
  await writeFile(join(contents, "Info.plist"), infoPlist);
  if (icon !== undefined) await writeFile(join(contents, "Resources", "icon.icns"), icon);
  await writeFile(join(contents, "_CodeSignature", "CodeResources"), codeResources);
  const bundle = { infoPlist: sha256(infoPlist), codeResources: sha256(codeResources) };
  await writeExecutable(join(contents, "MacOS", information.name), tree, { ...options, bundle });
}

const head = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
`;

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function infoPlistOf(identifier: string, { name, version = "0", icon }: FileInformation): string {
  const texts: Record<string, string> = {
    CFBundleDevelopmentRegion: "en",
    CFBundleExecutable: name,
    ...(icon === undefined ? {} : { CFBundleIconFile: "icon.icns" }),
    CFBundleIdentifier: identifier,
    CFBundleInfoDictionaryVersion: "6.0",
    CFBundleName: name,
    CFBundlePackageType: "APPL",
    CFBundleShortVersionString: version,
    CFBundleVersion: version,
  };
  const lines = Object.entries(texts).map(
    ([key, value]) => `  <key>${key}</key>\n  <string>${escaped(value)}</string>\n`,
  );
  return `${head}<dict>\n${lines.join("")}  <key>NSHighResolutionCapable</key>\n  <true/>\n</dict>\n</plist>\n`;
}

/** The signed files (Apple, TN2206). The rules say that all files of `Resources` are signed. */
function codeResourcesOf(icon: Uint8Array | undefined): string {
  const hash = (kind: string) =>
    createHash(kind)
      .update(icon ?? "")
      .digest("base64");
  const files =
    icon === undefined
      ? "<dict/>"
      : `<dict><key>Resources/icon.icns</key><data>${hash("sha1")}</data></dict>`;
  const files2 =
    icon === undefined
      ? "<dict/>"
      : `<dict><key>Resources/icon.icns</key><dict><key>hash2</key><data>${hash("sha256")}</data></dict></dict>`;
  return `${head}<dict>
  <key>files</key>${files}
  <key>files2</key>${files2}
  <key>rules</key><dict><key>^Resources/</key><true/></dict>
  <key>rules2</key><dict>
    <key>^.*</key><true/>
    <key>^Info\\.plist$</key><dict><key>omit</key><true/><key>weight</key><real>20</real></dict>
    <key>^PkgInfo$</key><dict><key>omit</key><true/><key>weight</key><real>20</real></dict>
  </dict>
</dict>
</plist>
`;
}
