import { isKraiterError, type Template } from '@kraiter/sdk';
import { useLocation, useRoute } from 'preact-iso';

import { kraiter } from '../kraiter';
import { Copyable } from '../parts/copy';
import { Icon } from '../parts/icon';
import { Loading } from '../parts/loading';
import { Page } from '../parts/page';
import { ProblemNotice } from '../parts/problem';
import { Time } from '../parts/time';
import { useResource } from '../parts/use-resource';
import { TemplateEditor } from '../templates/editor';

/** One template, or a new one. */
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
          <Loading what="Loading the template" lines={6} />
        ) : (
          <ProblemNotice error={error} {...(missing ? {} : { retry: reload })} />
        )}
      </Page>
    );
  }
  return (
    <Page title={template.name} lead={<Copyable text={template.id} what="ID" />}>
      {error !== undefined && <ProblemNotice error={error} title="The template can’t be loaded again" retry={reload} />}
      <Versions template={template} />
      <TemplateEditor key={key} template={template} changed={reload} />
    </Page>
  );
}

/** Which version is shown, and the way to the others. */
function Versions({ template: { id, version, versions, updatedAt } }: { template: Template }) {
  const { route } = useLocation();
  const all = Array.from({ length: versions.newest - versions.oldest + 1 }, (_, n) => versions.newest - n);
  const choose = (chosen: number) =>
    route(chosen === versions.newest ? `/templates/${id}` : `/templates/${id}?version=${chosen}`);
  return (
    <div class="versions">
      <label for="version">Version</label>
      <select id="version" value={String(version)} onChange={(event) => choose(Number(event.currentTarget.value))}>
        {all.map((number) => (
          <option key={number} value={String(number)}>
            {number === versions.newest ? `${number} (newest)` : number}
          </option>
        ))}
      </select>
      <span class="muted">
        saved <Time at={updatedAt} relative />
      </span>
      {version === versions.newest && (
        <a class="button secondary small" href={`/send?template=${id}`}>
          Send a test by it
        </a>
      )}
      {version !== versions.newest && (
        <span class="hint">Emails go out by version {versions.newest}. Saved, this one becomes the newest again.</span>
      )}
    </div>
  );
}
