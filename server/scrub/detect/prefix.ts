/** Of ten columns, how many must share a beginning for it to be the table's and not their own. */
const share = 0.6;
const fewest = 3;
/** `s_name`, `i_count`, `fk_c_code`: the type or the role of a column, said before its name. */
const typeMark = /^(?:[a-z]|dt|fk|pk|str|int|txt|bool|lng|vc|nm|cd|ds|nr|dc|tx|no)$/;

/**
 * The beginning that the columns of a table share and that says nothing of its own: `eec_`, `ox`, or the marks of types (`s_`, `fk_c_`).
 *
 * @param isKnown whether a word means something: `user_` is kept
 * @returns what `name` is called without it
 */
export function sharedPrefix(
  names: readonly string[],
  isKnown: (word: string) => boolean,
): (name: string) => string {
  const unchanged = (name: string) => name;
  if (names.length < fewest) return unchanged;
  const heads = new Map<string, number>();
  let marked = 0;
  for (const name of names) {
    const head = /^([a-z]+\d?)_./i.exec(name)?.[1]?.toLowerCase();
    if (head === undefined) continue;
    heads.set(head, (heads.get(head) ?? 0) + 1);
    if (typeMark.test(head)) marked++;
  }
  if (marked >= names.length * share && heads.size > 1) return withoutMarks;
  for (const [head, count] of heads)
    if (count >= Math.max(fewest, names.length * share) && !isKnown(head))
      return name =>
        name.toLowerCase().startsWith(`${head}_`) && name.length > head.length + 1
          ? name.slice(head.length + 1)
          : name;
  return runTogether(names) ?? unchanged;
}

function withoutMarks(name: string): string {
  const parts = name.split('_');
  while (parts.length > 1 && typeMark.test((parts[0] as string).toLowerCase())) parts.shift();
  return parts.join('_');
}

/** `OXFNAME`, `OXCITY`: two to four letters before each name, no two columns alike. */
function runTogether(names: readonly string[]): ((name: string) => string) | undefined {
  if (names.length < 5) return undefined;
  const lower = names.map(name => name.toLowerCase());
  const first = lower[0] as string;
  let length = 0;
  while (length < 4 && length < first.length && lower.every(name => name[length] === first[length])) length++;
  if (length < 2 || lower.some(name => name.length < length + 2 || name[length] === '_')) return undefined;
  return name => name.slice(length);
}
