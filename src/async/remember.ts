interface Remembering<Question, Answer> {
  (question: Question): Promise<Answer>;
  /** Drops the answer of a key, so that the next call asks again. */
  forget(key: unknown): void;
}

/** Returns a function that calls `ask` once per key and keeps the promise. A failure is forgotten. */
export function remember<Question, Answer>(
  ask: (question: Question) => Promise<Answer>,
  keyOf: (question: Question) => unknown = (question) => question,
): Remembering<Question, Answer> {
  const answers = new Map<unknown, Promise<Answer>>();
  const askOnce = (question: Question): Promise<Answer> => {
    const key = keyOf(question);
    const earlier = answers.get(key);
    if (earlier) return earlier;
    const answer = ask(question);
    answers.set(key, answer);
    answer.catch(() => answers.delete(key));
    return answer;
  };
  return Object.assign(askOnce, { forget: (key: unknown) => void answers.delete(key) });
}
