/**
 * Does a piece of work once per key. Whoever asks for a key later, or while the work is under way, gets the same
 * promise. A failure is not kept, so that the work can be tried again.
 */
export class OnceMap<Key, Value> {
  readonly #promises = new Map<Key, Promise<Value>>();

  /** Returns what the key's work came to, and starts `work` if there is none yet. */
  getOrStart(key: Key, work: () => Promise<Value>): Promise<Value> {
    const known = this.#promises.get(key);
    if (known !== undefined) return known;
    const started = work();
    this.#promises.set(key, started);
    started.catch(() => {
      // After a `delete` there may be a later attempt under the key: it stays.
      if (this.#promises.get(key) === started) this.#promises.delete(key);
    });
    return started;
  }

  /** Forgets a key: the next caller starts the work again. */
  delete(key: Key): void {
    this.#promises.delete(key);
  }
}
