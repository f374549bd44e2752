import type { EmailSummary } from '@kraiter/sdk';
import { useState } from 'preact/hooks';

import { ActionButton } from '../components/action-button';
import { ErrorNotice } from '../components/notice';
import { useToast } from '../components/toasts';
import { formatNumber } from '../format';
import { kraiter } from '../kraiter';
import { useSession } from '../session';
import { toCsv } from './csv';
import { emailQuery, type Filters } from './filters';

/** The most emails of a file. */
const MAX_EMAILS = 10_000;

/** Saves the emails of a search as CSV. */
export function ExportEmails({ filters }: { filters: Filters }) {
  const { noteError } = useSession();
  const toast = useToast();
  const [error, setError] = useState<unknown>();
  const run = async () => {
    setError(undefined);
    const emails: EmailSummary[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await kraiter.emails.list({ ...emailQuery(filters), limit: 100, ...(cursor ? { cursor } : {}) });
      emails.push(...page.data);
      cursor = page.nextCursor;
    } while (cursor !== null && emails.length < MAX_EMAILS);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([toCsv(emails)], { type: 'text/csv' }));
    link.download = 'emails.csv';
    link.click();
    URL.revokeObjectURL(link.href);
    const count = `${formatNumber(emails.length)} ${emails.length === 1 ? 'email' : 'emails'}`;
    const message = `Exported ${count}.${cursor === null ? '' : ' There are more. Choose a shorter period to export them.'}`;
    toast(message);
  };
  const onError = (error: unknown) => {
    noteError(error);
    setError(error);
  };
  return (
    <>
      <ActionButton class="secondary" run={run} busy="Exporting…" onError={onError}>
        Export CSV
      </ActionButton>
      {error !== undefined && <ErrorNotice error={error} title="Could not export" />}
    </>
  );
}
