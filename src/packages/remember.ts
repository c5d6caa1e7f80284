/** Asks once for each key, while it is under way and ever after; what failed may be asked again. */
export function remember<Question, Answer>(
  ask: (question: Question) => Promise<Answer>,
  keyOf: (question: Question) => unknown = (question) => question,
): (question: Question) => Promise<Answer> {
  const answers = new Map<unknown, Promise<Answer>>();
  return (question) => {
    const key = keyOf(question);
    const known = answers.get(key);
    if (known) return known;
    const answer = ask(question);
    answers.set(key, answer);
    answer.catch(() => answers.delete(key));
    return answer;
  };
}
