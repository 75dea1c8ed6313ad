/** The tables that OpenStack's clients print without -f json: lists with headings, and Field/Value of one object. */

const cells = (line: string): readonly string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

const isRule = (line: string): boolean => /^\+[-=+]+\+$/.test(line);

const parsed = (cell: string): unknown => {
  if (cell === 'None' || cell === '') return null;
  if (cell === 'True' || cell === ':-)') return true;
  if (cell === 'False' || cell === 'XXX') return false;
  return cell;
};

/** Each table of the text as rows by heading; a Field/Value table is one row. Empty when the text holds none. */
export const readAsciiTables = (text: string): readonly (readonly Readonly<Record<string, unknown>>[])[] => {
  const tables: Readonly<Record<string, unknown>>[][] = [];
  let headings: readonly string[] | undefined;
  let rows: (readonly string[])[] = [];
  const close = (): void => {
    if (headings === undefined) return;
    const [first, second] = headings;
    if (headings.length === 2 && first === 'Field' && second === 'Value')
      tables.push([Object.fromEntries(rows.map(([field = '', value = '']) => [field, parsed(value)]))]);
    else {
      const names = headings;
      tables.push(rows.map((row) => Object.fromEntries(names.map((name, index) => [name, parsed(row[index] ?? '')]))));
    }
    headings = undefined;
    rows = [];
  };
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (isRule(line)) continue;
    if (!line.startsWith('|') || !line.endsWith('|')) {
      close();
      continue;
    }
    const row = cells(line);
    if (headings === undefined) headings = row;
    // A long value goes on in rows whose first cell is empty.
    else if (row[0] === '' && rows.length > 0) rows.push(joined(rows.pop() ?? [], row));
    else rows.push(row);
  }
  close();
  return tables;
};

const joined = (row: readonly string[], more: readonly string[]): readonly string[] =>
  row.map((cell, index) => `${cell}${more[index] ?? ''}`);
