import { PosyError } from "../../../errors/posy-error.ts";
import { redact } from "../../../errors/redact.ts";
import type { HttpResponse } from "../../http/index.ts";
import { formatLocation, type Reference } from "../reference.ts";

/**
 * Returns the error for a status that a registry should not answer with. The registry may say why (OCI Distribution
 * Specification, "Error codes").
 */
export async function statusFailure(
  response: HttpResponse,
  repository: Pick<Reference, "registry" | "name">,
  what: "pull" | "push",
): Promise<PosyError> {
  const { status } = response;
  const where = formatLocation(repository);
  const reason = reasonIn(await response.bytes(64 << 10).catch(() => new Uint8Array()));
  const said = reason === undefined ? "" : ` (it says: \`${reason}\`)`;
  if (status === 401 || status === 403) {
    return new PosyError("authentication", `\`${where}\` refuses to ${what} (status ${status})${said}`, {
      hint: `check that the login for \`${repository.registry}\` may ${what} there`,
    });
  }
  return new PosyError("http-status", `\`${where}\` answered with status ${status}${said}`, {
    hint:
      status >= 500 || status === 429
        ? "the registry has trouble: try again later"
        : "check the address of the registry and the name of the repository",
  });
}

function reasonIn(bytes: Uint8Array): string | undefined {
  try {
    const { errors } = JSON.parse(Buffer.from(bytes).toString("utf8")) as {
      readonly errors?: readonly { readonly code?: unknown; readonly message?: unknown }[];
    };
    const [first] = Array.isArray(errors) ? errors : [];
    const text = [first?.code, first?.message]
      .filter((part) => typeof part === "string" && part !== "")
      .join(": ");
    return text === "" ? undefined : redact(text.replace(/[\p{Cc}`]+/gu, " ").slice(0, 200));
  } catch {
    return undefined;
  }
}
