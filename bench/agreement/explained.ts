/** Differences that are understood: the set, the package, and why both are right. `*` stands for all packages. */
export const explained: Readonly<Record<string, Readonly<Record<string, string>>>> = {};
