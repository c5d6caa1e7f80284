/**
 * The `pip.conf` that keeps pip from changing an Env. Inside a venv pip ignores EXTERNALLY-MANAGED, but it reads
 * `pip.conf` in `sys.prefix`. `user = true` makes a plain `pip install` fail with "Can not perform a '--user'
 * install", while `--target`, `pip download`, `pip wheel` and `pip list` keep working (pip's own builds pass
 * `--no-user`). Uninstalling would move files of the store away, so every `pip uninstall` fails: `yes` has a value
 * that pip can't parse and therefore prints.
 */
export const pipConfiguration = `# This environment is shared, and made by Posy from links into its store. Posy never changes it, but makes a new one.
# Use Posy to add packages.
[install]
user = true
break-system-packages = false

[uninstall]
yes = this environment is made by Posy and never changed (ask Posy for one without the package), so: "no"
`;

/** PEP 668: the message of tools that refuse to change the interpreter in the store. */
export const externallyManaged = `[externally-managed]
Error=This Python belongs to Posy's store and is shared by environments: nothing is installed into it.
 Use "posy run --with PACKAGE" to have a package.
`;
