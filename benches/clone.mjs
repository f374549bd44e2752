// Fills a table by copying a row, whatever its columns are.

/** Rows of one statement. */
const SLICE = 5000;

/**
 * Copies the newest row of `table` `rows` times, and returns how many rows were written: none if the table doesn't exist or is empty.
 * What identifies a row differs in each copy, and `unique`, if it is in a text, is followed by the copy's number. `run(statement, ...values)`
 * runs a statement and returns its rows. If the key begins with a time, each copy is `every` milliseconds older than the one before.
 */
export async function clone(run, table, rows, { every = 0, unique = '' } = {}) {
  const columns = await run(`PRAGMA table_info(${table})`);
  const key = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk)[0];
  if (!key) return 0;
  const [newest] = await run(`SELECT ${key.name} AS value FROM ${table} ORDER BY ${key.name} DESC LIMIT 1`);
  if (!newest) return 0;
  const uniqueNames = await uniqueColumns(run, table);
  const newKey = every > 0 ? older(key, newest.value, every) : changed(key);
  const names = columns.map(({ name }) => name).join(', ');
  let written = 0;
  for (let first = 1; first <= rows; first += SLICE) {
    const last = Math.min(first + SLICE - 1, rows);
    const values = columns.map((column) => {
      if (column === key) return newKey;
      if (uniqueNames.has(column.name)) return changed(column);
      return unique && column.type === 'TEXT' ? `replace(${column.name}, '${unique}', '${unique}' || n)` : column.name;
    });
    await run(
      `INSERT INTO ${table} (${names}) WITH RECURSIVE copies (n) AS (SELECT ${first} UNION ALL SELECT n + 1 FROM copies WHERE n < ${last})
       SELECT ${values.join(', ')} FROM ${table}, copies WHERE ${key.name} = ?`,
      newest.value,
    );
    written += last - first + 1;
  }
  return written;
}

/** Columns with a unique index of their own. */
async function uniqueColumns(run, table) {
  const names = new Set();
  for (const { name, unique } of await run(`PRAGMA index_list(${table})`)) {
    const columns = unique ? await run(`PRAGMA index_info(${name})`) : [];
    if (columns.length === 1) names.add(columns[0].name);
  }
  return names;
}

/** The binary key, which begins with a time of 48 bits, with an earlier time. */
function older({ name }, newest, every) {
  const time = [...new Uint8Array(newest)].slice(0, 6).reduce((time, byte) => time * 256 + byte, 0);
  return `unhex(printf('%012X', ${time} - n * ${every}) || substr(hex(${name}), 13))`;
}

/** The column's value with the number of the copy at its end. */
function changed({ name, type }) {
  if (type === 'INTEGER') return `${name} + n`;
  if (type === 'BLOB') return `unhex(substr(hex(${name}), 1, length(hex(${name})) - 8) || printf('%08X', n))`;
  return `substr(${name}, 1, length(${name}) - 8) || printf('%08x', n)`;
}
