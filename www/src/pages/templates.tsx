import type { TemplateSummary } from '@kraiter/sdk';
import { Icon } from '../components/icon';
import { LoadMore } from '../components/load-more';
import { Loading } from '../components/loading';
import { ErrorNotice } from '../components/notice';
import { Page } from '../components/page';
import { Time } from '../components/time';
import { usePaginatedList } from '../hooks/use-paginated-list';
import { kraiter } from '../kraiter';

/** The templates, newest first. */
export function TemplatesPage() {
  const { entries, more, list, error, reload, loaded } = usePaginatedList(
    'templates',
    (page, signal) => kraiter.templates.list(page, { signal }),
    () => 60_000,
  );
  return (
    <Page title="Templates" lead="Reusable emails with variables.">
      {error !== undefined && <ErrorNotice error={error} title="Could not load templates" retry={reload} />}
      {!loaded && error === undefined && <Loading what="Loading templates" lines={5} />}
      {loaded && entries.length === 0 && (
        <div class="empty">
          <Icon name="template" />
          <p class="title">No templates yet</p>
          <p>
            Write an email with variables such as <code>{'{{ name }}'}</code>, then send it to anyone with their own
            values.
          </p>
          <a class="button" href="/templates/new">
            New template
          </a>
        </div>
      )}
      {entries.length > 0 && (
        <>
          <div class="actions">
            <a class="button" href="/templates/new">
              New template
            </a>
          </div>
          <ul class="rows templates" ref={list}>
            {entries.map((template) => (
              <Row key={template.id} template={template} />
            ))}
          </ul>
        </>
      )}
      <LoadMore more={more}>Load older templates</LoadMore>
    </Page>
  );
}

function Row({ template }: { template: TemplateSummary }) {
  return (
    <li>
      <a href={`/templates/${template.id}`}>
        <span class="name">{template.name}</span>
        <span class="subject">
          <span class="visually-hidden">Subject: </span>
          {template.subject}
        </span>
        <span class="version">
          <span class="tag grey">Version {template.version}</span>
        </span>
        <span class="time">
          <Time at={template.updatedAt} relative />
        </span>
      </a>
    </li>
  );
}
