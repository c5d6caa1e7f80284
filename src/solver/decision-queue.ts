interface Entry<P> {
  readonly name: P;
  readonly priority: number;
  /** When it joined the queue, as a running number. Among equal priorities, the earliest comes first. */
  readonly sequence: number;
}

/**
 * The packages that must be selected and are not decided yet. A priority is computed again only after `touch`:
 * computing all of them before each decision would take quadratic time.
 */
export class DecisionQueue<P> {
  /** The packages in the queue. A package has no entry until its priority is computed. */
  private readonly waiting = new Map<P, { readonly sequence: number; entry: Entry<P> | undefined }>();
  /** A heap with the highest priority on top. Replaced entries stay in it until they reach the top. */
  private readonly heap: Entry<P>[] = [];
  private readonly touched = new Set<P>();
  private added = 0;

  add(name: P): void {
    this.touched.add(name);
    if (!this.waiting.has(name)) this.waiting.set(name, { sequence: this.added++, entry: undefined });
  }

  delete(name: P): void {
    this.waiting.delete(name);
  }

  /** Says that the priority of a package may have changed. */
  touch(name: P): void {
    if (this.waiting.has(name)) this.touched.add(name);
  }

  /** Returns the package with the highest priority, and leaves it in the queue. */
  first(prioritize: (name: P) => number): P | undefined {
    for (const name of this.touched) {
      const state = this.waiting.get(name);
      if (state === undefined) continue;
      const priority = prioritize(name);
      if (state.entry?.priority === priority) continue;
      state.entry = { name, priority, sequence: state.sequence };
      this.push(state.entry);
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
    let index = heap.length;
    while (index > 0) {
      const parent = (index - 1) >>> 1;
      const other = heap[parent] as Entry<P>;
      if (!isBefore(entry, other)) break;
      heap[index] = other;
      index = parent;
    }
    heap[index] = entry;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry<P>, heap[child] as Entry<P>))
        child += 1;
      const other = heap[child] as Entry<P>;
      if (!isBefore(other, last)) break;
      heap[index] = other;
      index = child;
    }
    heap[index] = last;
  }
}

function isBefore<P>(one: Entry<P>, other: Entry<P>): boolean {
  return one.priority > other.priority || (one.priority === other.priority && one.sequence < other.sequence);
}
