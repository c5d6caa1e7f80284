const running = new WeakMap<object, Map<string, Promise<unknown>>>();

/** Does a piece of work once in the life of `owner`: who asks again, or meanwhile, gets the same. A failure is not kept. */
export function once<T>(owner: object, key: string, work: () => Promise<T>): Promise<T> {
  let works = running.get(owner);
  if (works === undefined) running.set(owner, (works = new Map()));
  const known = works.get(key) as Promise<T> | undefined;
  if (known !== undefined) return known;
  const begun = work();
  works.set(key, begun);
  begun.catch(() => works.delete(key));
  return begun;
}
