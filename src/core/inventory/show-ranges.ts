/** Functions of one card and their names, written short as people do: `0000:05:00.0-3`, `mlx5_0-3`, `ibs14f0-3`. */

const TRAILING_NUMBER = /^(.*?)(\d+)$/;

interface Run {
  readonly stem: string;
  readonly from: string;
  to: string;
}

/** Names in the order given; neighbours that count up by one are joined. */
export const showRanges = (names: readonly string[]): string => {
  const runs: Run[] = [];
  for (const name of names) {
    const [, stem = name, digits = ''] = TRAILING_NUMBER.exec(name) ?? [];
    const last = runs.at(-1);
    const goesOn =
      last !== undefined &&
      digits !== '' &&
      last.stem === stem &&
      last.to !== '' &&
      Number(last.to) + 1 === Number(digits);
    if (last !== undefined && goesOn) last.to = digits;
    else if (last === undefined || last.stem !== stem || last.to !== digits)
      runs.push({ stem, from: digits, to: digits });
  }
  return runs.map(({ stem, from, to }) => (from === to ? `${stem}${from}` : `${stem}${from}-${to}`)).join(', ');
};
