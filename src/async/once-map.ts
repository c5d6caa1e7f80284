/**
 * Does a piece of work once per key. Whoever asks for a key later, or while the work is under way, gets the same
 * promise. A failure is not kept, so that the work can be tried again.
 */
export class OnceMap<Key, Value> {
  readonly #promises = new Map<Key, Promise<Value>>();

  /** Returns the result of the key's work. Starts `work` if no work for the key has been started. */
  getOrStart(key: Key, work: () => Promise<Value>): Promise<Value> {
    const known = this.#promises.get(key);
    if (known !== undefined) return known;
    const started = work();
    this.#promises.set(key, started);
    started.catch(() => {
      // After a `delete`, the key may have a later attempt, which must stay.
      if (this.#promises.get(key) === started) this.#promises.delete(key);
    });
    return started;
  }

  /** Returns whether work for the key has been started, and has not failed. */
  has(key: Key): boolean {
    return this.#promises.has(key);
  }

  /** Forgets a key: the next caller starts the work again. */
  delete(key: Key): void {
    this.#promises.delete(key);
  }
}
