import type { NewApiKey } from '@kraiter/sdk';
import { useCallback, useState } from 'preact/hooks';
import { Field } from '../components/field';
import { ErrorNotice } from '../components/notice';
import { useToast } from '../components/toasts';
import { useForm } from '../hooks/use-form';
import { kraiter } from '../kraiter';
import { Lines, linesOf } from '../send/lines';
import { KINDS, type Kind } from './scopes';

const FIELDS = [
  'name',
  'scope',
  'expiresAt',
  'restrictions',
  'restrictions.senders',
  'restrictions.recipientDomains',
  'restrictions.templates',
] as const;

const EXPIRIES = [
  { days: 0, label: 'Never' },
  { days: 30, label: 'In 30 days' },
  { days: 90, label: 'In 90 days' },
  { days: 365, label: 'In a year' },
] as const;

const NO_RESTRICTIONS = { senders: '', recipientDomains: '', templates: '' };

const expiry = (days: number) => ({ expiresAt: new Date(Date.now() + days * 86_400_000).toISOString() });

/** Creates an API key. */
export function CreateKey({ onCreate }: { onCreate: (key: NewApiKey) => void }) {
  const toast = useToast();
  const [name, setName] = useState('');
  const [kind, setKind] = useState<Kind>('full');
  const { scope } = KINDS[kind];
  const [days, setDays] = useState(0);
  const [restrictions, setRestrictions] = useState(NO_RESTRICTIONS);
  const submit = useCallback(async () => {
    const lists = {
      senders: linesOf(restrictions.senders),
      recipientDomains: linesOf(restrictions.recipientDomains),
      templates: linesOf(restrictions.templates),
    };
    onCreate(
      await kraiter.apiKeys.create({
        name,
        scope,
        ...(days > 0 && expiry(days)),
        ...(scope === 'sending' && { restrictions: lists }),
        ...(kind === 'test' && { test: true }),
      }),
    );
    setName('');
    setRestrictions(NO_RESTRICTIONS);
    toast('API key created');
  }, [name, kind, scope, days, restrictions, onCreate, toast]);
  const form = useForm(FIELDS, submit);

  const list = (key: keyof typeof NO_RESTRICTIONS, label: string, hint: string, placeholder: string) => (
    <Field name={`restrictions.${key}`} label={label} hint={hint} error={form.fieldError(`restrictions.${key}`)}>
      {(control) => (
        <Lines
          {...control}
          value={restrictions[key]}
          change={(value) => setRestrictions({ ...restrictions, [key]: value })}
          placeholder={placeholder}
        />
      )}
    </Field>
  );

  return (
    <form class="card create-key" {...form.props}>
      <Field
        name="name"
        label="Key name"
        error={form.fieldError('name')}
        hint="For example, the application that uses the key."
      >
        {(control) => (
          <input {...control} value={name} autocomplete="off" onInput={(event) => setName(event.currentTarget.value)} />
        )}
      </Field>
      <div class="key-rights">
        <Field name="scope" label="Permission" error={form.fieldError('scope')} hint={KINDS[kind].description}>
          {(control) => (
            <select {...control} value={kind} onChange={(event) => setKind(event.currentTarget.value as Kind)}>
              {(Object.keys(KINDS) as Kind[]).map((option) => (
                <option key={option} value={option}>
                  {KINDS[option].label}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field name="expiresAt" label="Expires" error={form.fieldError('expiresAt')}>
          {(control) => (
            <select {...control} value={days} onChange={(event) => setDays(Number(event.currentTarget.value))}>
              {EXPIRIES.map((option) => (
                <option key={option.days} value={option.days}>
                  {option.label}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      {scope === 'sending' && (
        <fieldset class="key-restrictions" name="restrictions">
          <legend>Restrictions (optional)</legend>
          <p class="muted">One per line. Kraiter checks each email, and AWS enforces senders and recipients.</p>
          {list('senders', 'Senders', 'Domains and addresses that the key may send from.', 'example.com')}
          {list('recipientDomains', 'Recipients', 'Domains that the key may send to.', 'example.org')}
          {list('templates', 'Templates', 'IDs of the templates that its emails must use.', 'tpl_…')}
          {form.fieldError('restrictions') && <p class="error">{form.fieldError('restrictions')}</p>}
        </fieldset>
      )}
      {form.error !== undefined && <ErrorNotice error={form.error} />}
      <div class="actions">
        <button type="submit" aria-busy={form.busy} aria-disabled={form.busy}>
          {form.busy ? 'Creating…' : 'Create API key'}
        </button>
      </div>
    </form>
  );
}
