import type { AwsBinding, Identity } from '@kraiter/sdk';
import { useCallback, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { Field } from '../components/field';
import { ErrorNotice, Notice } from '../components/notice';
import { useToast } from '../components/toasts';
import { RegionName } from '../connection/region-select';
import { TIME_ZONE } from '../format';
import { useForm } from '../hooks/use-form';
import { kraiter } from '../kraiter';
import { productionAccessPath } from '../production-access/path';
import { parseVariables } from '../templates/variables';
import { Attachments, attachmentsOf, type ChosenFile } from './attachments';
import { type Copied, contentOf, lines, localPartOf, senderOf } from './copied';
import { type Content, InlineContent } from './inline-content';
import { Lines, linesOf, pairsOf } from './lines';
import { regionOf, unverifiedRecipients } from './sandbox';
import { Simulator } from './simulator';
import { type TemplateChoice, TemplateContent } from './template-content';

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

/** Fields that are collapsed until they are needed. */
const OPTIONAL_FIELDS = [
  { name: 'cc', label: 'Cc', hint: 'One address per line.' },
  { name: 'bcc', label: 'Bcc', hint: 'Hidden from other recipients. One address per line.' },
  { name: 'replyTo', label: 'Reply-To', hint: 'Where replies go. Defaults to the sender.' },
  {
    name: 'tags',
    label: 'Tags',
    hint: (
      <>
        Included in every event. One per line, such as <code>campaign=spring</code>.
      </>
    ),
  },
] as const;

type OptionalValues = Record<(typeof OPTIONAL_FIELDS)[number]['name'], string>;

const INITIAL_CONTENT: Content = {
  subject: 'Test email from Kraiter',
  text: 'This email was sent through Amazon SES in our own AWS account.',
  html: '',
};

const NO_OPTIONAL: OptionalValues = { cc: '', bcc: '', replyTo: '', tags: '' };

const optionalOf = ({ email }: Copied): OptionalValues => ({
  cc: lines(email.cc),
  bcc: lines(email.bcc),
  replyTo: lines(email.replyTo),
  tags: Object.entries(email.tags)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n'),
});

/** Returns an object with the value under its name, or an empty object if the value is empty. */
const ifNotEmpty = <Name extends string, Value extends object>(name: Name, value: Value) =>
  Object.keys(value).length ? ({ [name]: value } as Record<Name, Value>) : {};

/** The form for a test email from a verified identity, with its own content or a template. */
export function SendForm(props: {
  binding: AwsBinding;
  verified: readonly [Identity, ...Identity[]];
  copied: Copied | null;
}) {
  const { binding, verified, copied } = props;
  const { route, query } = useLocation();
  const toast = useToast();
  const [senderId, setSenderId] = useState((copied && senderOf(copied, verified)?.id) ?? verified[0].id);
  const [localPart, setLocalPart] = useState(copied ? localPartOf(copied) : 'hello');
  const [to, setTo] = useState(copied ? lines(copied.email.to) : '');
  const [optional, setOptional] = useState<OptionalValues>(copied ? optionalOf(copied) : NO_OPTIONAL);
  const [optionalOpen, setOptionalOpen] = useState(Object.values(optional).some((value) => value !== ''));
  const [content, setContent] = useState(copied ? contentOf(copied) : INITIAL_CONTENT);
  const templateId = copied && !copied.content.stored ? copied.email.template : query.template;
  const [choice, setChoice] = useState<TemplateChoice | undefined>(
    templateId ? { id: templateId, variables: undefined } : undefined,
  );
  const [files, setFiles] = useState<ChosenFile[]>([]);
  const [time, setTime] = useState('');
  const [withTemplate, setWithTemplate] = useState(choice !== undefined);
  const sender = verified.find(({ id }) => id === senderId) ?? verified[0];
  const from = sender.type === 'domain' ? `${localPart}@${sender.identity}` : sender.identity;

  const submit = useCallback(async () => {
    const envelope = {
      from,
      to: linesOf(to),
      ...ifNotEmpty('cc', linesOf(optional.cc)),
      ...ifNotEmpty('bcc', linesOf(optional.bcc)),
      ...ifNotEmpty('replyTo', linesOf(optional.replyTo)),
      ...ifNotEmpty('tags', pairsOf(optional.tags)),
      ...ifNotEmpty('attachments', await attachmentsOf(files)),
      ...(time ? { scheduledAt: new Date(time).toISOString() } : {}),
      region: sender.region,
    };
    const { subject, text, html } = content;
    const { id, status } = await kraiter.emails.send(
      withTemplate
        ? {
            ...envelope,
            template: {
              id: choice?.id ?? '',
              variables: parseVariables(choice?.variables ?? '', 'template.variables'),
            },
          }
        : { ...envelope, subject, ...(text ? { text } : {}), ...(html ? { html } : {}) },
    );
    toast(status === 'scheduled' ? 'Email scheduled' : 'Email accepted');
    route(`/activity/${id}`);
  }, [from, to, optional, sender.region, content, withTemplate, choice, files, time, toast, route]);
  const form = useForm(FIELDS, submit);

  const region = regionOf(binding, sender);
  const unverified =
    region?.sandbox === true
      ? unverifiedRecipients(
          linesOf([to, optional.cc, optional.bcc].join('\n')),
          verified.filter((identity) => identity.region === sender.region),
        )
      : [];
  // Open the section if one of its fields is invalid.
  const optionalInvalid = OPTIONAL_FIELDS.some(({ name }) => form.fieldError(name) !== undefined);
  const fromDomain = sender.type === 'domain';
  const choose = (address: string) => {
    setTo(address);
    form.clearError('to');
  };
  return (
    <form class="card send" {...form.props}>
      {copied && !copied.content.html && !copied.content.text && (
        <Notice tone="info" title="Add the content again">
          <p>
            Kraiter deletes the content of an email once Amazon SES has accepted or refused it. Sender, recipients,
            subject and tags are filled in{copied.email.template !== null && ', and the template is chosen'}. Files must
            be attached again.
          </p>
        </Notice>
      )}
      {region?.sandbox === true && (
        <Notice tone="info" title={`Your account is in the SES sandbox in ${region.location}`}>
          <p>
            Recipients must be verified too. The mailbox simulator addresses below always work and don’t affect your
            reputation. To send to anyone, <a href={productionAccessPath(region.region)}>request production access</a>.
          </p>
        </Notice>
      )}
      {region?.events === 'none' && (
        <Notice tone="amber" title={`Events are off in ${region.location}`}>
          <p>
            Email is sent, but Kraiter can’t track deliveries and bounces until you set up events for this region under{' '}
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
              Region: <RegionName regions={binding.regions} region={sender.region} />
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
            label="Local part"
            error={form.fieldError('from')}
            hint={
              <>
                Sends from <strong>{from}</strong>
              </>
            }
          >
            {(control) => (
              <input
                {...control}
                value={localPart}
                autocomplete="off"
                autocapitalize="none"
                spellcheck={false}
                onInput={(event) => setLocalPart(event.currentTarget.value.trim())}
              />
            )}
          </Field>
        )}
      </div>
      <Field
        name="to"
        label="To"
        error={form.fieldError('to') ?? (unverified.length ? sandboxError(unverified) : undefined)}
        hint="One recipient per line."
      >
        {(control) => <Lines {...control} value={to} change={setTo} placeholder="you@example.com" />}
      </Field>
      <Simulator recipient={to} choose={choose} />
      <details
        class="more"
        open={optionalOpen || optionalInvalid}
        onToggle={(event) => setOptionalOpen(event.currentTarget.open)}
      >
        <summary>Cc, Bcc, Reply-To and tags</summary>
        <div class="row">
          {OPTIONAL_FIELDS.map(({ name, label, hint }) => (
            <Field key={name} name={name} label={label} error={form.fieldError(name)} hint={hint}>
              {(control) => (
                <Lines
                  {...control}
                  value={optional[name]}
                  change={(value) => setOptional((now) => ({ ...now, [name]: value }))}
                />
              )}
            </Field>
          ))}
        </div>
      </details>
      <fieldset class="content-source">
        <legend>Content</legend>
        <label>
          <input type="radio" name="contentSource" checked={!withTemplate} onChange={() => setWithTemplate(false)} />{' '}
          Write it here
        </label>
        <label>
          <input type="radio" name="contentSource" checked={withTemplate} onChange={() => setWithTemplate(true)} /> Use
          a template
        </label>
      </fieldset>
      {withTemplate ? (
        <TemplateContent form={form} choice={choice} change={setChoice} />
      ) : (
        <InlineContent form={form} content={content} change={setContent} />
      )}
      <Attachments form={form} files={files} change={setFiles} />
      <Field
        name="scheduledAt"
        label="Send at"
        error={form.fieldError('scheduledAt')}
        hint={<>Leave empty to send now. Your time zone: {TIME_ZONE}.</>}
      >
        {(control) => (
          <input
            {...control}
            class="datetime"
            type="datetime-local"
            value={time}
            onInput={(event) => setTime(event.currentTarget.value)}
          />
        )}
      </Field>
      {form.error !== undefined && <ErrorNotice error={form.error} />}
      <div class="actions">
        <button type="submit" aria-busy={form.busy} aria-disabled={form.busy}>
          {form.busy ? 'Sending…' : time ? 'Schedule' : 'Send'}
        </button>
      </div>
    </form>
  );
}

const sandboxError = (unverified: string[]) =>
  `In the SES sandbox you can send only to verified recipients. Unverified: ${unverified.join(', ')}. Verify the address under Identities, use the mailbox simulator, or request production access from AWS.`;
