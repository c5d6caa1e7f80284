import type { BundledPackage } from "./bundled-packages.ts";

/**
 * Returns a software bill of materials in the format CycloneDX 1.6: Posy, Bun, and the npm packages in the compiled
 * program. It has no date and no random number, so that two builds have the same bytes.
 */
export function sbomText(version: string, bunVersion: string, packages: readonly BundledPackage[]): string {
  const purl = (name: string, of: string) => `pkg:npm/${name.replace(/^@/, "%40")}@${of}`;
  const component = (name: string, of: string, licence: string, author?: string, homepage?: string) => ({
    type: "library",
    "bom-ref": purl(name, of),
    name,
    version: of,
    purl: purl(name, of),
    licenses: [{ license: { id: licence } }],
    ...(author && { authors: [{ name: author }] }),
    ...(homepage && { externalReferences: [{ type: "website", url: homepage }] }),
  });
  const bun = { ...component("bun", bunVersion, "MIT"), type: "platform" };
  const libraries = packages.map((each) =>
    component(each.name, each.version, each.licence, each.author, each.homepage),
  );
  const components = [bun, ...libraries];
  const posy = { ...component("posy", version, "MIT"), type: "application" };
  const bom = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: posy },
    components,
    dependencies: [
      { ref: posy["bom-ref"], dependsOn: components.map((each) => each["bom-ref"]).sort() },
      ...components.map((each) => ({ ref: each["bom-ref"] })),
    ],
  };
  return `${JSON.stringify(bom, undefined, 2)}\n`;
}
