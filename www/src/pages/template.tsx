import { isKraiterError, type Template } from '@kraiter/sdk';
import { useLocation, useRoute } from 'preact-iso';
import { CopyableValue } from '../components/copy-button';
import { Icon } from '../components/icon';
import { Loading } from '../components/loading';
import { ErrorNotice } from '../components/notice';
import { Page } from '../components/page';
import { Time } from '../components/time';
import { useResource } from '../hooks/use-resource';
import { kraiter } from '../kraiter';
import { TemplateEditor } from '../templates/editor';
import { useUnsavedChanges } from '../unsaved-changes';

/** A stored template or a new one. */
export function TemplatePage() {
  const id = useRoute().params.id ?? '';
  return (
    <>
      <p class="back">
        <a href="/templates">
          <Icon name="back" /> Templates
        </a>
      </p>
      {id === 'new' ? (
        <Page title="New template">
          <TemplateEditor />
        </Page>
      ) : (
        <Stored id={id} />
      )}
    </>
  );
}

function Stored({ id }: { id: string }) {
  const version = Number(useLocation().query.version) || undefined;
  const key = `template ${id} ${version ?? 'newest'}`;
  const {
    data: template,
    error,
    reload,
  } = useResource(
    key,
    (signal) => kraiter.templates.get(id, { version }, { signal }),
    () => 30_000,
  );
  if (!template) {
    const missing = isKraiterError(error) && error.status === 404;
    return (
      <Page title="Template">
        {error === undefined ? (
          <Loading what="Loading template" lines={6} />
        ) : (
          <ErrorNotice error={error} {...(missing ? {} : { retry: reload })} />
        )}
      </Page>
    );
  }
  return (
    <Page title={template.name} lead={<CopyableValue text={template.id} what="ID" />}>
      {error !== undefined && <ErrorNotice error={error} title="Could not refresh the template" retry={reload} />}
      <Versions template={template} />
      <TemplateEditor key={key} template={template} onSave={reload} />
    </Page>
  );
}

/** Selects the version to show. */
function Versions({ template: { id, version, versions, updatedAt } }: { template: Template }) {
  const { route } = useLocation();
  const all = Array.from({ length: versions.newest - versions.oldest + 1 }, (_, n) => versions.newest - n);
  const { confirmLeave } = useUnsavedChanges();
  const choose = async (select: HTMLSelectElement) => {
    const chosen = Number(select.value);
    // It changes with the page.
    select.value = String(version);
    if (await confirmLeave())
      route(chosen === versions.newest ? `/templates/${id}` : `/templates/${id}?version=${chosen}`);
  };
  return (
    <div class="versions">
      <label for="version">Version</label>
      <select id="version" value={String(version)} onChange={(event) => void choose(event.currentTarget)}>
        {all.map((number) => (
          <option key={number} value={String(number)}>
            {number === versions.newest ? `${number} (latest)` : number}
          </option>
        ))}
      </select>
      <span class="muted">
        Saved <Time at={updatedAt} relative />
      </span>
      {version === versions.newest && (
        <a class="button secondary small" href={`/send?template=${id}`}>
          Send a test email
        </a>
      )}
      {version !== versions.newest && (
        <span class="hint">Emails use version {versions.newest}. Save this version to make it the latest.</span>
      )}
    </div>
  );
}
