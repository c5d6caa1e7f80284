interface Entry<P> {
  readonly name: P;
  readonly priority: number;
  /** When it came to the queue: of equally urgent packages the first comes first. */
  readonly place: number;
}

/**
 * The packages that must be selected and are not decided on yet. A priority is asked for anew only where somebody says that it may
 * have changed: asking for all of them before each decision would take the square of their number.
 */
export class DecisionQueue<P> {
  /** Where each package stands; without an entry where its priority was not asked for yet. */
  private readonly waiting = new Map<P, { readonly place: number; entry: Entry<P> | undefined }>();
  /** A heap, the most urgent first. It keeps entries that have been replaced until they come up. */
  private readonly heap: Entry<P>[] = [];
  private readonly touched = new Set<P>();
  private added = 0;

  add(name: P): void {
    this.touched.add(name);
    if (!this.waiting.has(name)) this.waiting.set(name, { place: this.added++, entry: undefined });
  }

  delete(name: P): void {
    this.waiting.delete(name);
  }

  /** Its priority may have changed. */
  touch(name: P): void {
    if (this.waiting.has(name)) this.touched.add(name);
  }

  /** The most urgent one, which stays in the queue. */
  first(prioritize: (name: P) => number): P | undefined {
    for (const name of this.touched) {
      const own = this.waiting.get(name);
      if (own === undefined) continue;
      const priority = prioritize(name);
      if (own.entry?.priority === priority) continue;
      own.entry = { name, priority, place: own.place };
      this.push(own.entry);
    }
    this.touched.clear();
    for (let top = this.heap[0]; top !== undefined; top = this.heap[0]) {
      if (this.waiting.get(top.name)?.entry === top) return top.name;
      this.pop();
    }
    return undefined;
  }

  private push(entry: Entry<P>): void {
    const { heap } = this;
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >>> 1;
      const other = heap[above] as Entry<P>;
      if (!isBefore(entry, other)) break;
      heap[at] = other;
      at = above;
    }
    heap[at] = entry;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && isBefore(heap[below + 1] as Entry<P>, heap[below] as Entry<P>))
        below += 1;
      const other = heap[below] as Entry<P>;
      if (!isBefore(other, last)) break;
      heap[at] = other;
      at = below;
    }
    heap[at] = last;
  }
}

function isBefore<P>(one: Entry<P>, other: Entry<P>): boolean {
  return one.priority > other.priority || (one.priority === other.priority && one.place < other.place);
}
