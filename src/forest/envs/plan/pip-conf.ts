/**
 * The `pip.conf` of an Env. Uninstalling would remove files that other projects use, so every `pip uninstall` fails:
 * `yes` has a value that pip can't parse and therefore prints.
 *
 * Nothing here stops `pip install`. The only setting that would (`user = true`) stops `--target`, `--prefix`, `--root`
 * and `--dry-run` as well, which leave the Env alone. The read-only folders of the Env stop it; `seal.ts` explains
 * this.
 */
export const pipConfiguration = `# This environment is shared, and made by Posy from links into its store. Posy never changes it, but makes a new one.
# Use \`posy add\` to add packages to a project, or \`posy run --with PACKAGE\`.
[uninstall]
yes = this environment is made by Posy and never changed (use \`posy remove\`), so: "no"
`;

/** PEP 668: the message of tools that refuse to change the interpreter in the store. */
export const externallyManaged = `[externally-managed]
Error=This Python belongs to Posy's store and is shared by environments: nothing is installed into it.
 Use "posy run --with PACKAGE" to have a package.
`;
