const resultsByOwner = new WeakMap<object, Map<string, Promise<unknown>>>();

/**
 * Does the work of a key once in the life of `owner`. Later and simultaneous calls get the same promise. A failure is
 * forgotten, so that the next call tries again.
 */
export function once<T>(owner: object, key: string, work: () => Promise<T>): Promise<T> {
  let results = resultsByOwner.get(owner);
  if (results === undefined) resultsByOwner.set(owner, (results = new Map()));
  const earlier = results.get(key) as Promise<T> | undefined;
  if (earlier !== undefined) return earlier;
  const result = work();
  results.set(key, result);
  result.catch(() => results.delete(key));
  return result;
}
