// Waits for what happens by itself.

/** Asks `question` until its answer is true, at most for `limitMs`; gives the answer. */
export async function until(what, limitMs, question) {
  const end = Date.now() + limitMs;
  for (;;) {
    const answer = await question();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`not within ${limitMs / 1000} s: ${what}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}
