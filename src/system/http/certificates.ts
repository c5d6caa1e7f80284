import { readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { PosyError } from "../../errors/posy-error.ts";
import type { Reporter } from "../../report/reporter.ts";
import { readNamedTextSync } from "../fs/index.ts";

const fileVariables = ["POSY_CERT", "PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];

/**
 * Returns the certificate authorities to trust (PEM texts) instead of the runtime's: from the setting,
 * otherwise from the variables that pip, uv, OpenSSL, requests and curl read. Undefined: use the runtime's
 * authorities. Throws `invalid-configuration` if the setting cannot be read.
 */
export function readCertificates(
  setting: string | undefined,
  environment: NodeJS.ProcessEnv,
  reporter: Reporter,
): readonly string[] | undefined {
  if (setting !== undefined) {
    if (sameFile(setting, process.env["NODE_EXTRA_CA_CERTS"])) return undefined;
    const found = certificatesAt(setting);
    if (found) return found;
    throw new PosyError("invalid-configuration", `no certificates could be read from \`${setting}\``, {
      hint: "name a file of PEM certificates, or a folder of such files",
    });
  }
  for (const variable of [...fileVariables, "SSL_CERT_DIR"]) {
    const path = environment[variable];
    if (!path) continue;
    if (sameFile(path, process.env["NODE_EXTRA_CA_CERTS"])) return undefined;
    const found = certificatesAt(path);
    if (found) return found;
    reporter.report({
      kind: "warning",
      key: `certificates:${variable}`,
      message: `no certificates could be read from \`${path}\``,
      hint: `correct or unset \`${variable}\``,
    });
  }
  return undefined;
}

/**
 * Warns that `NODE_TLS_REJECT_UNAUTHORIZED` is ignored. It is meant for other programs: many people set it
 * permanently because of one of them.
 */
export function warnOfIgnoredSwitch(environment: NodeJS.ProcessEnv, reporter: Reporter): void {
  if (environment["NODE_TLS_REJECT_UNAUTHORIZED"] !== "0") return;
  reporter.report({
    kind: "warning",
    key: "certificates:NODE_TLS_REJECT_UNAUTHORIZED",
    message: "`NODE_TLS_REJECT_UNAUTHORIZED=0` is ignored: Posy checks certificates",
    hint:
      "to trust a certificate, name its file with `--cert` or `SSL_CERT_FILE`; " +
      "to check none for one host, name it with `--trusted-host` or `UV_INSECURE_HOST`",
  });
}

/**
 * Reads a PEM file with a certificate and its private key (pip's `--client-cert`, uv's `SSL_CLIENT_CERT`).
 */
export function readClientCertificate(path: string): { readonly cert: string; readonly key: string } {
  try {
    const text = readNamedTextSync(path);
    return { cert: text, key: text };
  } catch (cause) {
    throw new PosyError("invalid-configuration", `the client certificate \`${path}\` could not be read`, {
      hint: "name a PEM file with the certificate and its key",
      cause,
    });
  }
}

function certificatesAt(path: string): readonly string[] | undefined {
  try {
    const paths = statSync(path).isDirectory()
      ? readdirSync(path)
          .filter((name) => /\.(pem|crt|cer|\d+)$/.test(name))
          .map((name) => join(path, name))
      : [path];
    const texts = new Set(paths.map((file) => readNamedTextSync(file)));
    const certificates = [...texts].filter((text) => text.includes("-----BEGIN "));
    return certificates.length > 0 ? certificates : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Returns whether two paths are the same file. The runtime has already read the file of
 * `NODE_EXTRA_CA_CERTS`, in addition to its own authorities. Reading it again costs 5 ms of every start.
 */
function sameFile(path: string, other: string | undefined): boolean {
  if (!other) return false;
  if (path === other) return true;
  try {
    return realpathSync(path) === realpathSync(other);
  } catch {
    return false;
  }
}
