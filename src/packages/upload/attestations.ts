import { basename } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import { asPosyError, readNamedText } from "../../system/fs/index.ts";

/** An attestation has a few kilobytes. */
const largest = 1 << 20;

/** Returns the file that an attestation is about: `a-1.0.tar.gz` of `a-1.0.tar.gz.publish.attestation`. */
export function attestedFile(filename: string): string | undefined {
  return /^(.+)\.[^.]+\.attestation$/.exec(filename)?.[1];
}

/**
 * Reads an attestation (PEP 740) and returns its JSON. Throws `invalid-attestation` if it is not one, or if it is about
 * other content than `sha256` (hexadecimal). Its signature is not checked.
 */
export async function readAttestation(
  path: string,
  { filename, sha256 }: { readonly filename: string; readonly sha256: string },
): Promise<string> {
  const text = await readNamedText(path, largest).catch((error: unknown) => {
    throw asPosyError(error, `reading \`${path}\``);
  });
  const subject = subjectOf(parsed(text), path);
  if (subject.name !== filename || subject.digest !== sha256) {
    throw new PosyError(
      "invalid-attestation",
      `\`${basename(path)}\` attests other content than that of \`${filename}\``,
      {
        hint: "the file was built again after it was signed: sign it again, remove the attestation, or use `--no-attestations`",
      },
    );
  }
  return text.trim();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Returns the subject of the in-toto statement in the envelope (PEP 740, "Attestation objects"). */
function subjectOf(value: unknown, path: string): { readonly name: unknown; readonly digest: unknown } {
  const attestation = (value ?? {}) as {
    readonly version?: unknown;
    readonly verification_material?: unknown;
    readonly envelope?: { readonly statement?: unknown; readonly signature?: unknown };
  };
  const { statement, signature } = attestation.envelope ?? {};
  if (
    attestation.version === 1 &&
    typeof attestation.verification_material === "object" &&
    typeof statement === "string" &&
    typeof signature === "string"
  ) {
    const { subject } = (parsed(Buffer.from(statement, "base64").toString()) ?? {}) as {
      readonly subject?: unknown;
    };
    const [first] = Array.isArray(subject) ? (subject as unknown[]) : [];
    const { name, digest } = (first ?? {}) as {
      readonly name?: unknown;
      readonly digest?: { readonly sha256?: unknown };
    };
    if (name !== undefined) return { name, digest: digest?.sha256 };
  }
  throw new PosyError("invalid-attestation", `\`${path}\` is not an attestation (PEP 740)`, {
    hint: "sign the file again, remove the attestation, or use `--no-attestations`",
  });
}
