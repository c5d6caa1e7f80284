interface Remembering<Question, Answer> {
  (question: Question): Promise<Answer>;
  /** Drops the answer under a key, so that it is asked for again. */
  forget(key: unknown): void;
}

/** Asks once for each key, while it is under way and ever after; what failed may be asked again. */
export function remember<Question, Answer>(
  ask: (question: Question) => Promise<Answer>,
  keyOf: (question: Question) => unknown = (question) => question,
): Remembering<Question, Answer> {
  const answers = new Map<unknown, Promise<Answer>>();
  const asked = (question: Question): Promise<Answer> => {
    const key = keyOf(question);
    const known = answers.get(key);
    if (known) return known;
    const answer = ask(question);
    answers.set(key, answer);
    answer.catch(() => answers.delete(key));
    return answer;
  };
  return Object.assign(asked, { forget: (key: unknown) => void answers.delete(key) });
}
