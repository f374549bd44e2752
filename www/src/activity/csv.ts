import type { EmailSummary } from '@kraiter/sdk';

const COLUMNS = ['id', 'createdAt', 'status', 'from', 'to', 'subject', 'region', 'scheduledAt'] as const;

/** Returns a cell. An apostrophe before a formula keeps a spreadsheet from calculating it. https://owasp.org/www-community/attacks/CSV_Injection */
function cell(text: string): string {
  const safe = /^'*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Returns emails as CSV (RFC 4180) with a header. */
export function toCsv(emails: EmailSummary[]): string {
  const rows = emails.map((email) =>
    COLUMNS.map((name) => cell(name === 'to' ? email.to.join(', ') : String(email[name] ?? ''))),
  );
  return [COLUMNS, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}
