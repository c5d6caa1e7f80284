import { PosyError } from "../../errors/posy-error.ts";
import { localPath } from "../../packages/index.ts";
import {
  openInputs,
  openPosyFor,
  type OperationContext,
  readSettings,
  type Settings,
} from "../../settings/index.ts";
import { exists } from "../../system/fs/index.ts";
import { openHttpClient, proxyFor, readCertificates, safeUrl } from "../../system/http/index.ts";
import type { DoctorOptions } from "./doctor.ts";
import { type Finding, findingsOf } from "./finding.ts";

const { ok, note, problem } = findingsOf("network");

/** Milliseconds after which an index counts as not reachable. */
const patience = 10_000;

/** Asks each index and the mirror of Pythons, and checks proxies and certificates. */
export async function checkNetwork(
  options: DoctorOptions,
  given: OperationContext,
): Promise<readonly Finding[]> {
  const context = { ...given, reporter: { report() {}, timings: given.reporter.timings } };
  const settings = await readSettings({ ...options, python: "any" }, [], openInputs(context));
  const { index } = settings;
  const urls = [...(index.noIndex ? [] : index.indexes.map(({ url }) => url)), ...index.findLinks];
  const findings: Finding[] = [
    ...settings.warnings.map((warning) => note(warning)),
    ...certificateFindings(settings, context.environment),
    ...proxyFindings(urls, settings, context.environment),
  ];
  if (index.offline) {
    return [...findings, note("indexes were not asked, because of `--offline` or a setting")];
  }
  const asked = await Promise.all([
    ...urls.map((url) => indexFinding(url, !index.findLinks.includes(url), settings, context)),
    pythonsFinding(settings, context),
  ]);
  return [...findings, ...asked];
}

/** Checks that the certificates in settings and variables can be read. */
function certificateFindings({ index }: Settings, environment: NodeJS.ProcessEnv): readonly Finding[] {
  const findings: Finding[] = [];
  const reporter: OperationContext["reporter"] = {
    report(event) {
      if (event.kind === "warning") findings.push(problem(event.message, event.hint));
    },
  };
  try {
    const texts = readCertificates(index.certificates, environment, reporter);
    const count = texts?.join("\n").match(/-----BEGIN (TRUSTED )?CERTIFICATE-----/g)?.length ?? 0;
    findings.push(
      texts === undefined
        ? ok("the usual certificate authorities are trusted")
        : ok(`${count} certificates from a setting or variable are trusted instead of the usual ones`),
    );
  } catch (error) {
    findings.push(failure(error));
  }
  return findings;
}

/** Names the proxies that are used for some URLs. */
function proxyFindings(
  urls: readonly string[],
  { index }: Settings,
  environment: NodeJS.ProcessEnv,
): readonly Finding[] {
  const findings = new Map<string, Finding>();
  for (const url of urls.filter((address) => /^https?:/.test(address))) {
    try {
      const proxy = proxyFor(url, environment, index.proxy);
      if (proxy === undefined) continue;
      const text = `the proxy \`${safeUrl(proxy.url)}\` of \`${proxy.source}\` is used for \`${new URL(url).host}\``;
      findings.set(text, note(text));
    } catch (error) {
      findings.set(String(error), failure(error));
    }
  }
  return [...findings.values()];
}

/** Asks an index or a page of links, and says how long the answer took. */
async function indexFinding(
  url: string,
  isIndex: boolean,
  { index }: Settings,
  { environment, reporter }: OperationContext,
): Promise<Finding> {
  const path = localPath(url);
  if (path !== undefined) {
    return (await exists(path))
      ? ok(`the folder \`${path}\` can be read`)
      : problem(
          `\`${path}\` is set as an index, and does not exist`,
          "correct the setting, or make the folder",
        );
  }
  // The page of one name is small. That of all names has tens of megabytes on the public index.
  const page = isIndex ? `${url.replace(/\/*$/, "/")}pip/` : url;
  const begun = performance.now();
  try {
    const http = openHttpClient({
      ...index,
      environment,
      reporter,
      retries: 0,
      timeout: Math.min(index.timeout ?? 30, patience / 1000),
    });
    const headers = { accept: "application/vnd.pypi.simple.v1+json, text/html;q=0.1" };
    const asked = http.send({ url: page, headers }, async (response) => {
      await response.discard();
      return response.status;
    });
    const status = await within(patience, asked);
    if (status === 401 || status === 403) {
      return problem(
        `\`${safeUrl(url)}\` refuses access (status ${status})`,
        "put credentials into the index's URL or `~/.netrc`",
      );
    }
    if (status < 400 || status === 404) {
      return ok(`\`${safeUrl(url)}\` answers in ${Math.round(performance.now() - begun)} ms`);
    }
    return problem(
      `\`${safeUrl(url)}\` answers with status ${status}`,
      "try again later, or set another index",
    );
  } catch (error) {
    return failure(error);
  }
}

/** Asks python-build-standalone or its mirror. Without its publisher, Posy has other Pythons. */
async function pythonsFinding(settings: Settings, context: OperationContext): Promise<Finding> {
  try {
    await using posy = await openPosyFor(settings, context);
    const { standalone } = posy.pythons;
    if (standalone === undefined) return ok("python-build-standalone is turned off");
    const pythons = await within(
      patience,
      standalone.interpreters(() => true),
    );
    if (pythons.length > 0) return ok(`python-build-standalone lists ${pythons.length} Pythons`);
    return note(
      "the publisher of python-build-standalone can't be reached: only the Pythons of the catalogue can be installed",
      "set POSY_PYTHON_MIRROR to a mirror, or to `off`",
    );
  } catch (error) {
    return failure(error);
  }
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => {
      fail(new PosyError("network", `there was no answer within ${milliseconds / 1000} seconds`, {}));
    }, milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function failure(error: unknown): Finding {
  if (!(error instanceof PosyError)) return problem(String(error));
  return problem(error.message, error.hint ?? "check the connection, the proxy and the address");
}
