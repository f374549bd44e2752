import type { AwsBinding, Identity } from '@kraiter/sdk';
import { useLocation } from 'preact-iso';
import { useCallback, useState } from 'preact/hooks';

import { RegionName } from '../connection/region-select';
import { useConnection } from '../connection/use-connection';
import { useIdentities } from '../identities/identities';
import { kraiter } from '../kraiter';
import { useAnnouncer } from '../parts/announcer';
import { Field } from '../parts/field';
import { Loading } from '../parts/loading';
import { Page } from '../parts/page';
import { Notice, ProblemNotice } from '../parts/problem';
import { text, useForm } from '../parts/use-form';
import { mayReceive, SIMULATOR } from '../send/sandbox';

/** A test email, from a verified identity to a person or to one of Amazon's test addresses. */
export function SendPage() {
  const { binding, state } = useConnection();
  const identities = useIdentities();
  return (
    <Page title="Send a test email" lead="See the whole way: from Kraiter through your AWS account to the recipient’s mail server, and the events coming back.">
      <Body binding={binding} loading={state.step === 'loading'} identities={identities} />
    </Page>
  );
}

function Body({ binding, loading, identities }: { binding: AwsBinding | undefined; loading: boolean; identities: ReturnType<typeof useIdentities> }) {
  if (loading || (!identities.data && identities.error === undefined)) return <Loading what="Loading the identities" lines={5} />;
  if (!binding?.awsAccountId) {
    return (
      <div class="empty">
        <p class="title">No AWS account is connected</p>
        <p>Email goes through Amazon SES in your own account. Connecting takes a minute.</p>
        <a role="button" href="/identities">Connect AWS Account</a>
      </div>
    );
  }
  if (!identities.data) return <ProblemNotice error={identities.error} title="The identities can’t be loaded" retry={identities.reload} />;
  const verified = identities.data.filter((identity) => identity.verified);
  if (!verified.length) {
    return (
      <div class="empty">
        <p class="title">No verified identity yet</p>
        <p>Mail has to come from a domain or an address that SES has verified{identities.data.length ? '; yours is still pending' : ''}.</p>
        <a role="button" href="/identities">Go to Identities</a>
      </div>
    );
  }
  return <SendForm binding={binding} verified={verified} />;
}

const FIELDS = ['from', 'to', 'subject', 'text'] as const;

function SendForm({ binding, verified }: { binding: AwsBinding; verified: Identity[] }) {
  const { route } = useLocation();
  const announce = useAnnouncer();
  const [senderId, setSenderId] = useState(verified[0]?.id ?? '');
  const [to, setTo] = useState('');
  const [local, setLocal] = useState('hello');
  const sender = verified.find(({ id }) => id === senderId) ?? verified[0];

  const submit = useCallback(async (form: FormData) => {
    const name = text(form, 'local');
    const from = sender?.type === 'domain' ? `${name}@${sender.identity}` : sender?.identity ?? '';
    const { id } = await kraiter.emails.send({
      from,
      to: text(form, 'to'),
      subject: text(form, 'subject'),
      text: text(form, 'text'),
      ...(sender ? { region: sender.region } : {}),
    });
    announce('The email is on its way');
    route(`/activity/${id}`);
  }, [sender, announce, route]);
  const form = useForm(FIELDS, submit);
  if (!sender) return null;

  // The sandbox is a region's; only the stack's region is known here.
  const sandboxed = binding.sandbox === true && sender.region === binding.stackRegion;
  const refused = sandboxed && to.includes('@') && !mayReceive(to, verified.filter(({ region }) => region === sender.region));
  return (
    <form class="card send" onSubmit={form.onSubmit} noValidate>
      {sandboxed && (
        <Notice tone="info" title="The sandbox’s rules hold here">
          <p>Recipients must be verified too. Amazon’s test addresses below always work and don’t count against your reputation.</p>
        </Notice>
      )}
      <div class="row">
        <Field name="sender" label="From identity" hint={<>Sends from <RegionName regions={binding.regions} region={sender.region} /></>}>
          {(control) => (
            <select {...control} value={sender.id} onChange={(event) => setSenderId(event.currentTarget.value)}>
              {verified.map(({ id, identity, region }) => <option key={id} value={id}>{identity} · {region}</option>)}
            </select>
          )}
        </Field>
        {sender.type === 'domain' && (
          <Field name="local" label="Address" error={form.fieldError('from')} hint={`${local || '…'}@${sender.identity}`}>
            {(control) => <input {...control} value={local} autocomplete="off" autocapitalize="none" spellcheck={false} onInput={(event) => setLocal(event.currentTarget.value)} />}
          </Field>
        )}
      </div>
      <Field
        name="to"
        label="To"
        error={form.fieldError('to') ?? (refused ? 'SES refuses this in the sandbox: the recipient isn’t a verified identity. Verify it, use a test address, or ask AWS for production access.' : undefined)}
      >
        {(control) => (
          <input {...control} type="email" value={to} placeholder="you@example.com" autocomplete="email" spellcheck={false} onInput={(event) => setTo(event.currentTarget.value)} />
        )}
      </Field>
      <fieldset class="simulator">
        <legend>Or one of Amazon’s test addresses</legend>
        <div>
          {SIMULATOR.map(({ address, name, what }) => (
            <label key={address}>
              <input type="radio" name="simulator" value={address} checked={to === address} onChange={() => setTo(address)} />
              <span><strong>{name}</strong><span class="muted">{what}</span></span>
            </label>
          ))}
        </div>
      </fieldset>
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
