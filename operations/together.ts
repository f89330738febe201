/**
 * Waits for all of them, also where one fails: what still writes must not go on behind a lock that was given back, or an answer
 * that was given. Then it is Promise.all.
 */
export async function together<T extends readonly unknown[] | []>(
  asked: T,
): Promise<{ -readonly [one in keyof T]: Awaited<T[one]> }> {
  await Promise.allSettled(asked);
  return await Promise.all(asked);
}
