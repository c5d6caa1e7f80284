/** Removes `egg=` from the fragment of a URL. In `name @ URL` the name already stands before the `@`. */
export function withoutEgg(url: string): string {
  const [location = "", fragment = ""] = url.split("#", 2);
  const rest = fragment.split("&").filter((part) => part !== "" && !part.startsWith("egg="));
  return rest.length === 0 ? location : `${location}#${rest.join("&")}`;
}
