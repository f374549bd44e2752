import { useState } from 'preact/hooks';

import { kraiter } from '../kraiter';
import { Action } from '../parts/action';
import { useAnnouncer } from '../parts/announcer';
import { Field } from '../parts/field';
import { Notice, ProblemNotice } from '../parts/problem';
import { number } from '../parts/time';
import { useSession } from '../session';

/** The list as a CSV file, and from one. */
export function Files({ done }: { done: () => void }) {
  const { noteError } = useSession();
  const announce = useAnnouncer();
  const [error, setError] = useState<unknown>();
  const [said, setSaid] = useState<string>();
  const failed = (problem: unknown) => {
    noteError(problem);
    setError(problem);
  };
  const take = async (file: File | undefined) => {
    if (!file) return;
    setError(undefined);
    setSaid(undefined);
    const { added, already } = await kraiter.suppressions.importCsv(await file.text());
    const words = `${number(added)} ${added === 1 ? 'address is' : 'addresses are'} on the list now; ${number(already)} ${already === 1 ? 'was' : 'were'} before.`;
    setSaid(words);
    announce(words);
    done();
  };
  const give = async () => {
    setError(undefined);
    const file = new Blob([await kraiter.suppressions.exportCsv()], { type: 'text/csv' });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file);
    link.download = 'suppressions.csv';
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <section class="card" aria-labelledby="files-title">
      <div>
        <h2 id="files-title">As a file</h2>
        <p class="muted">
          CSV with the columns <code>address</code>, <code>reason</code> and <code>since</code>; only the first is
          needed. A file is taken as a whole, or not at all.
        </p>
      </div>
      <Field name="file" label="Import">
        {(control) => (
          <input
            {...control}
            type="file"
            accept=".csv,text/csv"
            onChange={(event) => {
              const input = event.currentTarget;
              take(input.files?.[0])
                .catch(failed)
                .finally(() => {
                  input.value = '';
                });
            }}
          />
        )}
      </Field>
      {said && <Notice tone="green" title={said} />}
      {error !== undefined && <ProblemNotice error={error} />}
      <div class="actions">
        <Action class="secondary" run={give} busy="Writing…" onError={failed}>
          Export
        </Action>
      </div>
    </section>
  );
}
