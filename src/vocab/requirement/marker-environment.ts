/** The variables of environment markers (PEP 508), without `extra`, `extras` and `dependency_groups`. */
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

/** The value of every variable. Markers are evaluated with it. */
export type MarkerEnvironment = Readonly<Record<MarkerVariable, string>>;
