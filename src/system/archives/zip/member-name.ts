// oxlint-disable-next-line no-control-regex -- it matches control characters on purpose
const controls = /[\u0000-\u001f\u007f]/;
const devices = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(\.|$)/i;

/**
 * Which names are accepted. `safe`: the name can be written on this machine without leaving the folder.
 * `portable`: on Windows, too (`docs/reference/pybi.md` requires it of pybis; some wheels for Linux have an
 * `aux.py`).
 */
export type NameRules = "safe" | "portable";

/** The normalised name of a member, or the reason to reject it. `isOfWindows`: only Windows has no such names. */
export type MemberName =
  | { readonly path: string }
  | { readonly refused: string; readonly isOfWindows?: true };

/** Checks a name from an archive and normalises it (`a//./b/` is `a/b`). */
export function parseMemberName(name: string, rules: NameRules): MemberName {
  if (name === "") return { refused: "is empty" };
  if (controls.test(name)) return { refused: "has a control character" };
  if (name.includes("\\")) return { refused: "has a backslash" };
  if (name.startsWith("/")) return { refused: "is absolute" };
  if (/^[A-Za-z]:/.test(name)) return { refused: "has a drive" };
  const segments: string[] = [];
  for (const segment of name.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment === "..") {
      if (segments.pop() === undefined) return { refused: "leaves the archive's root" };
      continue;
    }
    if (rules === "portable") {
      const isOfWindows = true;
      if (/[<>:"|?*]/.test(segment))
        return { refused: "has a character that Windows does not allow", isOfWindows };
      if (/[. ]$/.test(segment)) return { refused: "ends with a dot or a space", isOfWindows };
      if (devices.test(segment)) return { refused: "is a device of Windows", isOfWindows };
    }
    segments.push(segment);
  }
  if (segments.length === 0) return { refused: "is the archive's root" };
  return { path: segments.join("/") };
}
