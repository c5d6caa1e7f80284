import { type Resource, resourceKind, versionInformation } from "../../system/binaries/index.ts";
import { iconResources } from "./icons.ts";

/** What a file says about itself to the operating system. */
export interface FileInformation {
  readonly name: string;
  readonly version: string | undefined;
  readonly description: string | undefined;
  /** The path of an icon. */
  readonly icon: string | undefined;
}

/** Windows asks for no administrator, and takes paths of more than 260 characters if the machine allows them. */
const manifest = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0">
  <trustInfo xmlns="urn:schemas-microsoft-com:asm.v3">
    <security><requestedPrivileges><requestedExecutionLevel level="asInvoker" uiAccess="false"/></requestedPrivileges></security>
  </trustInfo>
  <compatibility xmlns="urn:schemas-microsoft-com:compatibility.v1">
    <application><supportedOS Id="{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}"/></application>
  </compatibility>
  <application xmlns="urn:schemas-microsoft-com:asm.v3">
    <windowsSettings><longPathAware xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">true</longPathAware></windowsSettings>
  </application>
</assembly>
`;

/** Returns the resources of a program for Windows: manifest, version, icon. */
export async function windowsResources(information: FileInformation): Promise<readonly Resource[]> {
  const { name, version = "0", description = name, icon } = information;
  const texts = {
    FileDescription: description,
    FileVersion: version,
    InternalName: name,
    OriginalFilename: `${name}.exe`,
    ProductName: name,
    ProductVersion: version,
  };
  return [
    ...(icon === undefined ? [] : await iconResources(icon)),
    { kind: resourceKind.version, id: 1, bytes: versionInformation(version, texts) },
    { kind: resourceKind.manifest, id: 1, bytes: Buffer.from(manifest) },
  ];
}
