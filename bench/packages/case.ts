/** Something people do with packages, and that has to work in an Env as it does elsewhere. */
export interface PackageCase {
  readonly name: string;
  /** Requirements: what `posy run --with` gets. */
  readonly with: readonly string[];
  /** The command; it may hold `{elsewhere}`. Python code runs as `["python", "-c", code]`. */
  readonly command: readonly string[];
  /** What the output must match. */
  readonly prints?: RegExp;
  /** Requirements of a second Env: the path of its Python stands for `{elsewhere}` in the command. */
  readonly elsewhere?: readonly string[];
  /** Why it can't work, where that is understood and nothing is to be done: then a failure is no news. */
  readonly known?: string;
}

/** Imports the modules and prints the version of the package. */
export function importing(
  name: string,
  modules: readonly string[],
  options: Partial<PackageCase> = {},
): PackageCase {
  const code = `import ${modules.join(", ")}\nfrom importlib.metadata import version\nprint(version(${JSON.stringify(name)}))`;
  return { name, with: [name], command: ["python", "-c", code], prints: /^\d+\.\d+/m, ...options };
}

/** Runs a program that the package brings. */
export function running(
  name: string,
  command: readonly string[],
  prints: RegExp,
  options: Partial<PackageCase> = {},
): PackageCase {
  return { name, with: [name], command, prints, ...options };
}

/** Runs Python code, which has to end well and print `fine`. */
export function python(
  name: string,
  requirements: readonly string[],
  code: string,
  options: Partial<PackageCase> = {},
): PackageCase {
  return { name, with: requirements, command: ["python", "-c", code.trim()], prints: /^fine$/m, ...options };
}
