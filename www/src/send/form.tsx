import type { AwsBinding, Identity } from '@kraiter/sdk';
import { useLocation } from 'preact-iso';
import { useCallback, useState } from 'preact/hooks';

import { RegionName } from '../connection/region-select';
import { kraiter } from '../kraiter';
import { useAnnouncer } from '../parts/announcer';
import { Field } from '../parts/field';
import { Notice, ProblemNotice } from '../parts/problem';
import { text, useForm } from '../parts/use-form';
import { isSandboxed, mayReceive } from './sandbox';
import { Simulator } from './simulator';

const FIELDS = ['from', 'to', 'subject', 'text'] as const;

const REFUSED = 'SES refuses this in the sandbox: the recipient isn’t verified. Add it under Identities, use a test address, or ask AWS for production access.';

/** A test email, from a verified identity to a person or to one of Amazon's test addresses. */
export function SendForm({ binding, verified }: { binding: AwsBinding; verified: readonly [Identity, ...Identity[]] }) {
  const { route } = useLocation();
  const announce = useAnnouncer();
  const [senderId, setSenderId] = useState(verified[0].id);
  const [to, setTo] = useState('');
  const [local, setLocal] = useState('hello');
  const sender = verified.find(({ id }) => id === senderId) ?? verified[0];
  const from = sender.type === 'domain' ? `${local}@${sender.identity}` : sender.identity;

  const submit = useCallback(async (form: FormData) => {
    const { id } = await kraiter.emails.send({ from, to: text(form, 'to'), subject: text(form, 'subject'), text: text(form, 'text'), region: sender.region });
    announce('The email is on its way');
    route(`/activity/${id}`);
  }, [from, sender.region, announce, route]);
  const form = useForm(FIELDS, submit);

  const sandboxed = isSandboxed(binding, sender);
  const refused = sandboxed && to.includes('@') && !mayReceive(to, verified.filter(({ region }) => region === sender.region));
  const fromDomain = sender.type === 'domain';
  const choose = (address: string) => {
    setTo(address);
    form.changed('to');
  };
  return (
    <form class="card send" {...form.props}>
      {sandboxed && (
        <Notice tone="info" title="The sandbox’s rules hold here">
          <p>Recipients must be verified too. Amazon’s test addresses below always work and don’t count against your reputation.</p>
        </Notice>
      )}
      <div class="row">
        <Field
          name={fromDomain ? 'sender' : 'from'}
          label="From"
          error={fromDomain ? undefined : form.fieldError('from')}
          hint={<>Sends from <RegionName regions={binding.regions} region={sender.region} /></>}
        >
          {(control) => (
            <select {...control} value={sender.id} onChange={(event) => setSenderId(event.currentTarget.value)}>
              {verified.map(({ id, identity, region }) => <option key={id} value={id}>{identity} · {region}</option>)}
            </select>
          )}
        </Field>
        {fromDomain && (
          <Field name="from" label="Name before the @" error={form.fieldError('from')} hint={<>The sender is <strong>{from}</strong></>}>
            {(control) => <input {...control} value={local} autocomplete="off" autocapitalize="none" spellcheck={false} onInput={(event) => setLocal(event.currentTarget.value.trim())} />}
          </Field>
        )}
      </div>
      <Field name="to" label="To" error={form.fieldError('to') ?? (refused ? REFUSED : undefined)}>
        {(control) => (
          <input {...control} type="email" value={to} placeholder="you@example.com" autocomplete="email" spellcheck={false} onInput={(event) => setTo(event.currentTarget.value)} />
        )}
      </Field>
      <Simulator recipient={to} choose={choose} />
      <Field name="subject" label="Subject" error={form.fieldError('subject')}>
        {(control) => <input {...control} defaultValue="A test from Kraiter" autocomplete="off" />}
      </Field>
      <Field name="text" label="Text" error={form.fieldError('text')}>
        {(control) => <textarea {...control} rows={4} defaultValue="It works: this came through Amazon SES in our own AWS account." />}
      </Field>
      {form.error !== undefined && <ProblemNotice error={form.error} />}
      <div class="actions">
        <button type="submit" aria-busy={form.busy} aria-disabled={form.busy}>{form.busy ? 'Sending…' : 'Send'}</button>
      </div>
    </form>
  );
}
