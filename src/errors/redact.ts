/** A part of a text that is replaced. */
interface Redaction {
  readonly start: number;
  readonly end: number;
  readonly shown: string;
}

/** Shorter texts are found in too much that is no secret. */
const shortestSecret = 8;

const secrets = new Map<string, string>();

/** From now on `shown` stands in every message in place of this text, wherever it occurs. */
export function hideInMessages(secret: string, shown = "****"): void {
  if (secret.length < shortestSecret) return;
  for (const form of [secret, encodeURIComponent(secret)]) if (!secrets.has(form)) secrets.set(form, shown);
}

/**
 * A text as messages, logs and JSON may have it: without logins in URLs (`https://****@example.org/`), tokens in their
 * queries, and what `hideInMessages` named. Where a URL is malformed, as with a raw `/` or `#` in a password, rather too
 * much is left out than too little.
 */
export function redact(text: string): string {
  const found = redactions(text);
  if (found.length === 0) return text;
  let result = "";
  let at = 0;
  for (const { start, end, shown } of found) {
    result += text.slice(at, start) + shown;
    at = end;
  }
  return result + text.slice(at);
}

/** The same for a marked part of a text, which stays marked. */
export function redactSpan<S extends { readonly text: string; readonly start: number; readonly end: number }>(
  span: S,
): S {
  const found = redactions(span.text);
  if (found.length === 0) return span;
  const moved = (offset: number, isEnd: boolean) => {
    let shift = 0;
    for (const { start, end, shown } of found) {
      if (offset >= end) shift += shown.length - (end - start);
      else if (offset > start) return start + shift + (isEnd ? shown.length : 0);
    }
    return offset + shift;
  };
  return { ...span, text: redact(span.text), start: moved(span.start, false), end: moved(span.end, true) };
}

function redactions(text: string): readonly Redaction[] {
  const found = [...secretsIn(text)];
  // Most messages have no URL.
  if (text.includes("://")) found.push(...loginsIn(text), ...tokensIn(text));
  found.sort((one, other) => one.start - other.start || other.end - one.end);
  const apart: Redaction[] = [];
  for (const each of found) {
    const last = apart.at(-1);
    if (last === undefined || each.start >= last.end) apart.push(each);
    else if (each.end > last.end) apart[apart.length - 1] = { ...last, end: each.end };
  }
  return apart;
}

function* secretsIn(text: string): Generator<Redaction> {
  for (const [secret, shown] of secrets) {
    for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + secret.length)) {
      yield { start: at, end: at + secret.length, shown };
    }
  }
}

function* loginsIn(text: string): Generator<Redaction> {
  for (const match of text.matchAll(/([a-z][a-z0-9+.-]*):\/\/([^\s`]*)/gi)) {
    const [, scheme = "", rest = ""] = match;
    const length = loginLength(rest, scheme);
    const start = match.index + scheme.length + 3;
    if (length > 0) yield { start, end: start + length, shown: "****" };
  }
}

/** How many characters after `://` are, or may be, a login. */
function loginLength(rest: string, scheme: string): number {
  const [authority = ""] = rest.split(/[/?#\\]/, 1);
  if (authority === "") return 0;
  const at = authority.lastIndexOf("@");
  const hasPassword = authority.slice(0, Math.max(at, 0)).includes(":");
  // A password with a raw `/`, `?` or `#` in it ends at a later `@`.
  if (!isHost(authority.slice(at + 1), hasPassword)) return Math.max(rest.lastIndexOf("@"), 0);
  // `ssh://git@…`: a name that all have, and no password.
  return at < 0 || (!hasPassword && /ssh/i.test(scheme)) ? 0 : at;
}

/** A host, perhaps with a port, rather than the beginning of a login: surely one where `certain` is asked for. */
function isHost(text: string, certain: boolean): boolean {
  const [, host = "", port] = /^(\[[^\]]*\]|[^:]*)(:\d*)?$/.exec(text) ?? [];
  return host !== "" && ((port === undefined && !certain) || /[.\]]|^localhost$/i.test(host));
}

const tokenNames =
  /[?&;]((?:[\w-]*(?:token|secret|signature|password|passwd|api[_-]?key))|sig|x-amz-credential)=/gi;

function* tokensIn(text: string): Generator<Redaction> {
  for (const match of text.matchAll(tokenNames)) {
    const start = match.index + match[0].length;
    const length = /^[^\s`&;#]*/.exec(text.slice(start))?.[0].length ?? 0;
    if (length > 0) yield { start, end: start + length, shown: "****" };
  }
}
