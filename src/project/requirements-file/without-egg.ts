/** A URL without `egg=`, which says the name that stands before the `@` already. */
export function withoutEgg(url: string): string {
  const [location = "", fragment = ""] = url.split("#", 2);
  const rest = fragment.split("&").filter((part) => part !== "" && !part.startsWith("egg="));
  return rest.length === 0 ? location : `${location}#${rest.join("&")}`;
}
