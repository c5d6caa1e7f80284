/** The variables of PEP 508 environment markers (`extra` and its plural forms are given apart). */
export const markerVariables = [
  "implementation_name",
  "implementation_version",
  "os_name",
  "platform_machine",
  "platform_python_implementation",
  "platform_release",
  "platform_system",
  "platform_version",
  "python_full_version",
  "python_version",
  "sys_platform",
] as const;

export type MarkerVariable = (typeof markerVariables)[number];

/** A value for every variable: what a marker is evaluated in. */
export type MarkerEnvironment = Readonly<Record<MarkerVariable, string>>;
