import { dirname, join } from "node:path";
import { PosyError } from "../../../errors/posy-error.ts";
import {
  type IndexOptions,
  openInputs,
  type OperationContext,
  readSettings,
} from "../../../settings/index.ts";
import { openHome, sha256Of, sha256OfFile, textIfThere, writeAtomic } from "../../../system/fs/index.ts";
import { openHttpClient, safeUrl, statusError } from "../../../system/http/index.ts";

/** The maximum size of a script in bytes. */
const largestScript = 16 * 2 ** 20;

/**
 * Downloads a script and returns the path of its file in the cache. With `--offline`, it is the file of the last
 * download. Throws `network`, `not-found`, `offline`, … and `usage` if the answer is a web page.
 */
export async function fetchScript(
  url: string,
  options: IndexOptions,
  context: OperationContext,
): Promise<string> {
  const { index } = await readSettings({ ...options, python: "any" }, [], openInputs(context));
  const { environment, reporter } = context;
  const path = join(openHome(environment).scripts, sha256Of(url), nameOf(url));
  if (index.offline && (await isWhole(path))) return path;
  const http = openHttpClient({ ...index, environment, reporter });
  const asked = { url: http.learnCredentials(url) };
  const bytes = await http.send(asked, async (response) => {
    if (response.status === 404) throw noScript(url);
    if (response.status !== 200) throw statusError(response.url, response.status);
    if (/^text\/html\b/i.test(response.headers.get("content-type") ?? "")) throw isWebPage(url);
    return response.bytes(largestScript);
  });
  await writeAtomic(path, bytes);
  await writeAtomic(hashPath(path), sha256Of(bytes));
  return path;
}

/** The file with the hash of a script is next to it. A power cut may have cut the script. */
const hashPath = (path: string) => join(dirname(path), ".sha256");

async function isWhole(path: string): Promise<boolean> {
  const hash = await textIfThere(hashPath(path));
  return hash !== undefined && (await sha256OfFile(path).catch(() => "")) === hash;
}

/** Returns the last part of a URL's path as the name of a Python file. */
function nameOf(url: string): string {
  const last = new URL(url).pathname.split("/").at(-1) ?? "";
  const name = last.replace(/%[0-9a-f]{2}|[^\w.-]/gi, "_").replace(/^\.+/, "");
  return /\.(pyw?|ipynb)$/i.test(name) ? name : `${name || "script"}.py`;
}

function noScript(url: string): PosyError {
  return new PosyError("not-found", `there is no script at \`${safeUrl(url)}\``, {
    hint: "check the address",
  });
}

function isWebPage(url: string): PosyError {
  return new PosyError("usage", `\`${safeUrl(url)}\` is a web page, not a script`, {
    hint: "take the address of the file itself: sites that show source code call it `raw`",
  });
}
