import type { AwsBinding, Identity } from '@kraiter/sdk';
import { useCallback, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';

import { RegionName } from '../connection/region-select';
import { kraiter } from '../kraiter';
import { useAnnouncer } from '../parts/announcer';
import { Field } from '../parts/field';
import { Notice, ProblemNotice } from '../parts/problem';
import { useForm } from '../parts/use-form';
import { parseVariables } from '../templates/variables';
import { Attachments, attachmentsOf, type Chosen } from './attachments';
import { ByTemplate, type Filling } from './by-template';
import { Lines, linesOf, pairsOf } from './lines';
import { refusedIn, regionOf } from './sandbox';
import { Simulator } from './simulator';
import { type Content, Written } from './written';

const FIELDS = [
  'from',
  'to',
  'cc',
  'bcc',
  'replyTo',
  'tags',
  'subject',
  'text',
  'html',
  'template',
  'template.variables',
  'attachments',
  'scheduledAt',
] as const;

/** Fields that are folded away until they are needed. */
const MORE = [
  { name: 'cc', label: 'Cc', hint: 'Get a copy. One a line.' },
  { name: 'bcc', label: 'Bcc', hint: 'Get a copy that nobody else sees.' },
  { name: 'replyTo', label: 'Reply to', hint: 'Where answers go, if not to the sender.' },
  {
    name: 'tags',
    label: 'Tags',
    hint: (
      <>
        Come back with every event: <code>campaign=spring</code>, one a line.
      </>
    ),
  },
] as const;

type More = Record<(typeof MORE)[number]['name'], string>;

const FIRST: Content = {
  subject: 'A test from Kraiter',
  text: 'It works: this came through Amazon SES in our own AWS account.',
  html: '',
};

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** What of a list or of pairs says something. */
const given = <Name extends string, Value extends object>(name: Name, value: Value) =>
  Object.keys(value).length ? ({ [name]: value } as Record<Name, Value>) : {};

/** An email, written here or made by a template, from a verified identity to people or to one of Amazon's test addresses. */
export function SendForm({ binding, verified }: { binding: AwsBinding; verified: readonly [Identity, ...Identity[]] }) {
  const { route, query } = useLocation();
  const announce = useAnnouncer();
  const [senderId, setSenderId] = useState(verified[0].id);
  const [local, setLocal] = useState('hello');
  const [to, setTo] = useState('');
  const [more, setMore] = useState<More>({ cc: '', bcc: '', replyTo: '', tags: '' });
  const [moreOpen, setMoreOpen] = useState(false);
  const [content, setContent] = useState(FIRST);
  const [filling, setFilling] = useState<Filling | undefined>(
    query.template ? { id: query.template, variables: undefined } : undefined,
  );
  const [files, setFiles] = useState<Chosen[]>([]);
  const [time, setTime] = useState('');
  const [byTemplate, setByTemplate] = useState(filling !== undefined);
  const sender = verified.find(({ id }) => id === senderId) ?? verified[0];
  const from = sender.type === 'domain' ? `${local}@${sender.identity}` : sender.identity;

  const submit = useCallback(async () => {
    const envelope = {
      from,
      to: linesOf(to),
      ...given('cc', linesOf(more.cc)),
      ...given('bcc', linesOf(more.bcc)),
      ...given('replyTo', linesOf(more.replyTo)),
      ...given('tags', pairsOf(more.tags)),
      ...given('attachments', await attachmentsOf(files)),
      ...(time ? { scheduledAt: new Date(time).toISOString() } : {}),
      region: sender.region,
    };
    const { subject, text, html } = content;
    const { id, status } = await kraiter.emails.send(
      byTemplate
        ? {
            ...envelope,
            template: {
              id: filling?.id ?? '',
              variables: parseVariables(filling?.variables ?? '', 'template.variables'),
            },
          }
        : { ...envelope, subject, ...(text ? { text } : {}), ...(html ? { html } : {}) },
    );
    announce(status === 'scheduled' ? 'The email is scheduled' : 'The email is on its way');
    route(`/activity/${id}`);
  }, [from, to, more, sender.region, content, byTemplate, filling, files, time, announce, route]);
  const form = useForm(FIELDS, submit);

  const region = regionOf(binding, sender);
  const refused =
    region?.sandbox === true
      ? refusedIn(
          linesOf([to, more.cc, more.bcc].join('\n')),
          verified.filter((identity) => identity.region === sender.region),
        )
      : [];
  // What is refused must be seen; once it is, it stays.
  const moreWrong = MORE.some(({ name }) => form.fieldError(name) !== undefined);
  const fromDomain = sender.type === 'domain';
  const choose = (address: string) => {
    setTo(address);
    form.changed('to');
  };
  return (
    <form class="card send" {...form.props}>
      {region?.sandbox === true && (
        <Notice tone="info" title={`The sandbox’s rules hold here, in ${region.location}`}>
          <p>
            Recipients must be verified too. Amazon’s test addresses below always work and don’t count against your
            reputation.
          </p>
        </Notice>
      )}
      {region?.events === 'none' && (
        <Notice tone="amber" title={`Nothing is heard of mail from ${region.location}`}>
          <p>
            It is sent, but neither deliveries nor bounces come back until events are set up for this region under{' '}
            <a href="/identities">Identities</a>.
          </p>
        </Notice>
      )}
      <div class="row">
        <Field
          name={fromDomain ? 'sender' : 'from'}
          label="From"
          error={fromDomain ? undefined : form.fieldError('from')}
          hint={
            <>
              Sends from <RegionName regions={binding.regions} region={sender.region} />
            </>
          }
        >
          {(control) => (
            <select {...control} value={sender.id} onChange={(event) => setSenderId(event.currentTarget.value)}>
              {verified.map(({ id, identity, region }) => (
                <option key={id} value={id}>
                  {identity} · {region}
                </option>
              ))}
            </select>
          )}
        </Field>
        {fromDomain && (
          <Field
            name="from"
            label="Name before the @"
            error={form.fieldError('from')}
            hint={
              <>
                The sender is <strong>{from}</strong>
              </>
            }
          >
            {(control) => (
              <input
                {...control}
                value={local}
                autocomplete="off"
                autocapitalize="none"
                spellcheck={false}
                onInput={(event) => setLocal(event.currentTarget.value.trim())}
              />
            )}
          </Field>
        )}
      </div>
      <Field
        name="to"
        label="To"
        error={form.fieldError('to') ?? (refused.length ? refusal(refused) : undefined)}
        hint="One recipient a line."
      >
        {(control) => <Lines {...control} value={to} change={setTo} placeholder="you@example.com" />}
      </Field>
      <Simulator recipient={to} choose={choose} />
      <details class="more" open={moreOpen || moreWrong} onToggle={(event) => setMoreOpen(event.currentTarget.open)}>
        <summary>Copies, answers and tags</summary>
        <div class="row">
          {MORE.map(({ name, label, hint }) => (
            <Field key={name} name={name} label={label} error={form.fieldError(name)} hint={hint}>
              {(control) => (
                <Lines
                  {...control}
                  value={more[name]}
                  change={(value) => setMore((now) => ({ ...now, [name]: value }))}
                />
              )}
            </Field>
          ))}
        </div>
      </details>
      <fieldset class="way">
        <legend>What it says</legend>
        <label>
          <input type="radio" name="way" checked={!byTemplate} onChange={() => setByTemplate(false)} /> Written here
        </label>
        <label>
          <input type="radio" name="way" checked={byTemplate} onChange={() => setByTemplate(true)} /> Made by a template
        </label>
      </fieldset>
      {byTemplate ? (
        <ByTemplate form={form} filling={filling} change={setFilling} />
      ) : (
        <Written form={form} content={content} change={setContent} />
      )}
      <Attachments form={form} files={files} change={setFiles} />
      <Field
        name="scheduledAt"
        label="Send at"
        error={form.fieldError('scheduledAt')}
        hint={<>Leave it empty to send now. In your own time zone, {ZONE}.</>}
      >
        {(control) => (
          <input
            {...control}
            class="moment"
            type="datetime-local"
            value={time}
            onInput={(event) => setTime(event.currentTarget.value)}
          />
        )}
      </Field>
      {form.error !== undefined && <ProblemNotice error={form.error} />}
      <div class="actions">
        <button type="submit" aria-busy={form.busy} aria-disabled={form.busy}>
          {form.busy ? 'Sending…' : time ? 'Schedule' : 'Send'}
        </button>
      </div>
    </form>
  );
}

const refusal = (refused: string[]) =>
  `SES refuses this in the sandbox: ${refused.join(', ')} isn’t verified. Add it under Identities, use a test address, or ask AWS for production access.`;
