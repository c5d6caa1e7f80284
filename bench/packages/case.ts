/** A common use of a package that must work in an Env. */
export interface PackageCase {
  readonly name: string;
  /** The requirements for `posy run --with`. */
  readonly with: readonly string[];
  /** The command, which may contain `{elsewhere}`. Python code runs as `["python", "-c", code]`. */
  readonly command: readonly string[];
  /** A pattern that the output must match. */
  readonly prints?: RegExp;
  /** The requirements of a second Env. The path of its Python replaces `{elsewhere}` in the command. */
  readonly elsewhere?: readonly string[];
  /** The reason if it is known not to work. Then a failure is expected. */
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

/** Runs a program of the package. */
export function running(
  name: string,
  command: readonly string[],
  prints: RegExp,
  options: Partial<PackageCase> = {},
): PackageCase {
  return { name, with: [name], command, prints, ...options };
}

/** Runs Python code, which must succeed and print `fine`. */
export function python(
  name: string,
  requirements: readonly string[],
  code: string,
  options: Partial<PackageCase> = {},
): PackageCase {
  return { name, with: requirements, command: ["python", "-c", code.trim()], prints: /^fine$/m, ...options };
}
