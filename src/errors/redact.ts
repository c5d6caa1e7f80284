/** A part of a text, and its replacement. */
interface Redaction {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/** Shorter secrets would also match harmless text. */
const shortestSecret = 8;

/** Secret → its replacement. */
const secrets = new Map<string, string>();

/** Replaces `secret` by `replacement` in every message from now on, also where it is percent-encoded. */
export function hideInMessages(secret: string, replacement = "****"): void {
  if (secret.length < shortestSecret) return;
  for (const form of [secret, encodeURIComponent(secret)]) {
    if (!secrets.has(form)) secrets.set(form, replacement);
  }
}

/**
 * Returns a text that is safe for messages, logs and JSON: without logins in URLs (`https://****@example.org/`),
 * without tokens in their queries, and without the secrets of `hideInMessages`. If a URL is malformed (a raw `/` or
 * `#` in a password), it rather removes too much than too little.
 */
export function redact(text: string): string {
  const redactions = redactionsIn(text);
  if (redactions.length === 0) return text;
  let result = "";
  let position = 0;
  for (const { start, end, replacement } of redactions) {
    result += text.slice(position, start) + replacement;
    position = end;
  }
  return result + text.slice(position);
}

/** Redacts the text of a span, and moves the offsets so that they mark the same part. */
export function redactSpan<S extends { readonly text: string; readonly start: number; readonly end: number }>(
  span: S,
): S {
  const redactions = redactionsIn(span.text);
  if (redactions.length === 0) return span;
  const moved = (offset: number, isEnd: boolean) => {
    let shift = 0;
    for (const { start, end, replacement } of redactions) {
      if (offset >= end) shift += replacement.length - (end - start);
      else if (offset > start) return start + shift + (isEnd ? replacement.length : 0);
    }
    return offset + shift;
  };
  return { ...span, text: redact(span.text), start: moved(span.start, false), end: moved(span.end, true) };
}

/** Returns what has to be replaced, in order, with overlapping parts joined. */
function redactionsIn(text: string): readonly Redaction[] {
  const all = [...secretsIn(text)];
  // Most messages have no URL.
  if (text.includes("://")) all.push(...loginsIn(text), ...tokensIn(text));
  all.sort((one, other) => one.start - other.start || other.end - one.end);
  const joined: Redaction[] = [];
  for (const redaction of all) {
    const last = joined.at(-1);
    if (last === undefined || redaction.start >= last.end) joined.push(redaction);
    else if (redaction.end > last.end) joined[joined.length - 1] = { ...last, end: redaction.end };
  }
  return joined;
}

function* secretsIn(text: string): Generator<Redaction> {
  for (const [secret, replacement] of secrets) {
    let start = text.indexOf(secret);
    while (start >= 0) {
      const end = start + secret.length;
      yield { start, end, replacement };
      start = text.indexOf(secret, end);
    }
  }
}

function* loginsIn(text: string): Generator<Redaction> {
  for (const match of text.matchAll(/([a-z][a-z0-9+.-]*):\/\/([^\s`]*)/gi)) {
    const [, scheme = "", rest = ""] = match;
    const length = loginLength(rest, scheme);
    const start = match.index + scheme.length + 3;
    if (length > 0) yield { start, end: start + length, replacement: "****" };
  }
}

/** Returns how many characters after `://` are a login, or may be one. */
function loginLength(rest: string, scheme: string): number {
  const [authority = ""] = rest.split(/[/?#\\]/, 1);
  if (authority === "") return 0;
  const at = authority.lastIndexOf("@");
  const hasPassword = authority.slice(0, Math.max(at, 0)).includes(":");
  // A password with a raw `/`, `?` or `#` ends at a later `@`.
  if (!isHost(authority.slice(at + 1), hasPassword)) return Math.max(rest.lastIndexOf("@"), 0);
  // `ssh://git@…`: everyone has this user name, and there is no password.
  return at < 0 || (!hasPassword && /ssh/i.test(scheme)) ? 0 : at;
}

/**
 * Whether a text is a host with or without a port, and not the beginning of a login. With `certain`, only what can't be
 * a login counts.
 */
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
    if (length > 0) yield { start, end: start + length, replacement: "****" };
  }
}
