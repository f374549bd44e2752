import type { TemplateSummary } from '@kraiter/sdk';

import { kraiter } from '../kraiter';
import { Action } from '../parts/action';
import { Icon } from '../parts/icon';
import { Loading } from '../parts/loading';
import { Page } from '../parts/page';
import { ProblemNotice } from '../parts/problem';
import { Time } from '../parts/time';
import { usePages } from '../parts/use-pages';

/** The templates, newest first. */
export function TemplatesPage() {
  const { entries, next, more, failed, moreError, list, error, reload, loaded } = usePages(
    'templates',
    (page, signal) => kraiter.templates.list(page, { signal }),
    () => 60_000,
  );
  return (
    <Page title="Templates" lead="Mails that are written once and filled in for each recipient.">
      {error !== undefined && <ProblemNotice error={error} title="The templates can’t be loaded" retry={reload} />}
      {!loaded && error === undefined && <Loading what="Loading the templates" lines={5} />}
      {loaded && entries.length === 0 && (
        <div class="empty">
          <Icon name="template" />
          <p class="title">No template yet</p>
          <p>
            Write a mail with names in it, such as <code>{'{{ name }}'}</code>, and send it to anybody by its ID and
            their values.
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
      {moreError !== undefined && <ProblemNotice error={moreError} />}
      {next !== null && (
        <div class="actions">
          <Action class="secondary" run={more} busy="Loading…" onError={failed}>
            Show older
          </Action>
        </div>
      )}
    </Page>
  );
}

function Row({ template }: { template: TemplateSummary }) {
  return (
    <li>
      <a href={`/templates/${template.id}`}>
        <span class="name">{template.name}</span>
        <span class="subject">
          <span class="visually-hidden">subject </span>
          {template.subject}
        </span>
        <span class="version">
          <span class="tag grey">Version {template.version}</span>
        </span>
        <span class="when">
          <Time at={template.updatedAt} relative />
        </span>
      </a>
    </li>
  );
}
