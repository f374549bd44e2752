import { useState } from 'preact/hooks';
import { ActionButton } from '../components/action-button';
import { Field } from '../components/field';
import { ErrorNotice } from '../components/notice';
import { useToast } from '../components/toasts';
import { formatNumber } from '../format';
import { kraiter } from '../kraiter';
import { useSession } from '../session';

/** Imports and exports the suppression list as CSV. */
export function ImportExport({ onImport }: { onImport: () => void }) {
  const { noteError } = useSession();
  const toast = useToast();
  const [error, setError] = useState<unknown>();
  const handleError = (error: unknown) => {
    noteError(error);
    setError(error);
  };
  const importFile = async (file: File | undefined) => {
    if (!file) return;
    setError(undefined);
    const { added, already } = await kraiter.suppressions.importCsv(await file.text());
    const summary = `Added ${formatNumber(added)} ${added === 1 ? 'address' : 'addresses'}. Already on the list: ${formatNumber(already)}.`;
    toast(summary);
    onImport();
  };
  const exportFile = async () => {
    setError(undefined);
    const file = new Blob([await kraiter.suppressions.exportCsv()], { type: 'text/csv' });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file);
    link.download = 'suppressions.csv';
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <section class="card" aria-labelledby="import-export-title">
      <div>
        <h2 id="import-export-title">Import and export</h2>
        <p class="muted">
          CSV with the columns address, reason and since. Only address is required. If any row is invalid, nothing is
          imported.
        </p>
      </div>
      <Field name="file" label="Import CSV">
        {(control) => (
          <input
            {...control}
            type="file"
            accept=".csv,text/csv"
            onChange={(event) => {
              const input = event.currentTarget;
              importFile(input.files?.[0])
                .catch(handleError)
                .finally(() => {
                  input.value = '';
                });
            }}
          />
        )}
      </Field>
      {error !== undefined && <ErrorNotice error={error} />}
      <div class="actions">
        <ActionButton class="secondary" run={exportFile} busy="Exporting…" onError={handleError}>
          Export CSV
        </ActionButton>
      </div>
    </section>
  );
}
