/**
 * What keeps pip from changing an Env. pip inside anything shaped like a venv does not look at EXTERNALLY-MANAGED,
 * but it reads `pip.conf` in `sys.prefix`. `user = true` makes a plain `pip install` end at once with "Can not
 * perform a '--user' install", while `--target`, `pip download`, `pip wheel` and `pip list` go on working (pip's own
 * builds say `--no-user`); uninstalling would move files of the store away, so there every call ends, by a value
 * that pip can't read and therefore prints.
 */
export const pipConfiguration = `# This environment is made by Posy out of links into its store, and shared: it is never changed, a new one is made.
# To have other packages, ask Posy for them.
[install]
user = true
break-system-packages = false

[uninstall]
yes = this environment is made by Posy and never changed (ask Posy for one without the package), so: "no"
`;

/** PEP 668: what tools say that would change the interpreter of the store. */
export const externallyManaged = `[externally-managed]
Error=This Python belongs to Posy's store and is shared by environments: nothing is installed into it.
 Use "posy run --with PACKAGE" to have a package.
`;
