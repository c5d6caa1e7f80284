/**
 * The build backends that a new package can have, by common name. All of them find the module in `src/NAME` without
 * settings.
 */
export const buildBackends = {
  hatchling: { requires: "hatchling>=1.26", backend: "hatchling.build" },
  flit: { requires: "flit_core>=3.11,<4", backend: "flit_core.buildapi" },
  setuptools: { requires: "setuptools>=77", backend: "setuptools.build_meta" },
  pdm: { requires: "pdm-backend>=2.4", backend: "pdm.backend" },
  "poetry-core": { requires: "poetry-core>=2", backend: "poetry.core.masonry.api" },
  uv: { requires: "uv_build>=0.8,<1", backend: "uv_build" },
} as const;

export type BuildBackendName = keyof typeof buildBackends;

export const buildBackendNames = Object.keys(buildBackends) as readonly BuildBackendName[];

/** Other names of the backends: their project names and their command names. */
const otherNames: Readonly<Record<string, BuildBackendName>> = {
  hatch: "hatchling",
  flit_core: "flit",
  "flit-core": "flit",
  "pdm-backend": "pdm",
  poetry: "poetry-core",
  poetry_core: "poetry-core",
  uv_build: "uv",
  "uv-build": "uv",
};

/** Returns the backend with a name, or with another name of it; undefined for an unknown name. */
export function backendNamed(name: string): BuildBackendName | undefined {
  return buildBackendNames.find((backend) => backend === name) ?? otherNames[name];
}

export function buildSystemText(name: BuildBackendName): string {
  const { requires, backend } = buildBackends[name];
  return `[build-system]\nrequires = ["${requires}"]\nbuild-backend = "${backend}"\n`;
}
