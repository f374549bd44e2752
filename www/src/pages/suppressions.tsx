import type { Suppression, SuppressionReason } from '@kraiter/sdk';
import { useState } from 'preact/hooks';

import { kraiter } from '../kraiter';
import { Action } from '../parts/action';
import { Asking } from '../parts/asking';
import { Field } from '../parts/field';
import { Icon } from '../parts/icon';
import { Loading } from '../parts/loading';
import { Page } from '../parts/page';
import { ProblemNotice } from '../parts/problem';
import { Time } from '../parts/time';
import { usePages } from '../parts/use-pages';
import { AddSuppression } from '../suppressions/add';
import { Files } from '../suppressions/files';

const REASONS: Record<SuppressionReason, [tone: string, word: string]> = {
  bounce: ['red', 'Bounced'],
  complaint: ['red', 'Called it spam'],
  unsubscribe: ['amber', 'Unsubscribed'],
  soft_bounces: ['amber', 'Bounced softly, repeatedly'],
  manual: ['grey', 'Entered by hand'],
};

const isReason = (text: string): text is SuppressionReason => text in REASONS;

/** Whom no mail goes to any more: why, since when, and how to change it. */
export function SuppressionsPage() {
  const [search, setSearch] = useState('');
  const [reason, setReason] = useState('');
  const [turn, setTurn] = useState(0);
  const changed = () => setTurn((turn) => turn + 1);
  return (
    <Page
      title="Suppressed addresses"
      lead="No mail goes to them any more: sending to them would cost reputation, or they don’t want it."
    >
      <div class="stack">
        <AddSuppression done={changed} />
        <div class="row filters">
          <Field name="search" label="Search" hint="A part of the address.">
            {(control) => (
              <input
                {...control}
                type="search"
                value={search}
                autocomplete="off"
                spellcheck={false}
                onInput={(event) => setSearch(event.currentTarget.value)}
              />
            )}
          </Field>
          <Field name="reason" label="Reason">
            {(control) => (
              <select {...control} value={reason} onChange={(event) => setReason(event.currentTarget.value)}>
                <option value="">Any</option>
                {Object.entries(REASONS).map(([name, [, word]]) => (
                  <option key={name} value={name}>
                    {word}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </div>
        <List key={JSON.stringify([search, reason, turn])} search={search.trim()} reason={reason} changed={changed} />
        <Files done={changed} />
      </div>
    </Page>
  );
}

/** A suppression is known by its address. */
type Entry = Suppression & { id: string };

function List({ search, reason, changed }: { search: string; reason: string; changed: () => void }) {
  const { entries, next, more, failed, moreError, list, error, reload, loaded } = usePages<Entry>(
    'suppressed addresses',
    async (page, signal) => {
      const { data, nextCursor } = await kraiter.suppressions.list(
        { ...page, ...(search ? { search } : {}), ...(isReason(reason) ? { reason } : {}) },
        { signal },
      );
      return { data: data.map((one) => ({ ...one, id: one.address })), nextCursor };
    },
    () => 60_000,
  );
  return (
    <>
      {error !== undefined && <ProblemNotice error={error} title="The addresses can’t be loaded" retry={reload} />}
      {!loaded && error === undefined && <Loading what="Loading the addresses" lines={4} />}
      {loaded && entries.length === 0 && (
        <div class="empty">
          <Icon name="mail" />
          <p class="title">{search || reason ? 'No such address' : 'No address is suppressed'}</p>
          <p>
            Addresses come here by themselves after a hard bounce, a complaint, three soft bounces in a week, or a click
            on the link to unsubscribe.
          </p>
        </div>
      )}
      {entries.length > 0 && (
        <ul class="rows suppressed" aria-label="Suppressed addresses" ref={list}>
          {entries.map((entry) => (
            <Row key={entry.id} entry={entry} done={changed} />
          ))}
        </ul>
      )}
      {moreError !== undefined && <ProblemNotice error={moreError} />}
      {next !== null && (
        <div class="actions">
          <Action class="secondary" run={more} busy="Loading…" onError={failed}>
            Show more
          </Action>
        </div>
      )}
    </>
  );
}

function Row({ entry: { address, reason, since, emailId }, done }: { entry: Entry; done: () => void }) {
  const [tone, word] = REASONS[reason];
  return (
    <li>
      <div>
        <p class="address">{address}</p>
        <p class="muted">
          <span class={`tag ${tone}`}>{word}</span> since <Time at={since} relative />
          {emailId !== null && (
            <>
              {' '}
              · <a href={`/activity/${emailId}`}>the email</a>
            </>
          )}
        </p>
      </div>
      <Asking
        button="Take off…"
        name={`Take ${address} off the list…`}
        title={`Take ${address} off the list?`}
        action="Take it off"
        busy="Taking it off…"
        run={() => kraiter.suppressions.delete(address)}
        said={`${address} is off the list`}
        done={done}
      >
        <p>
          Mail goes there again. Do so only where you know that the address works and that its owner wants your mail.
        </p>
      </Asking>
    </li>
  );
}
