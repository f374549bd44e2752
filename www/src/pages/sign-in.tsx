import { KraiterError } from '@kraiter/sdk';
import { useCallback } from 'preact/hooks';

import { Field } from '../components/field';
import { Logo } from '../components/icon';
import { ErrorNotice, Notice } from '../components/notice';
import { OfflineBanner } from '../components/offline-banner';
import { Page } from '../components/page';
import { text, useForm } from '../hooks/use-form';
import { isUnauthorized, useSession } from '../session';

const FIELDS = ['apiKey'] as const;

const INVALID_KEY = 'That API key isn’t valid. Paste the whole key, starting with kr_key_.';

/** Exchanges an API key for a session. The browser doesn't store the key. */
export function SignInPage() {
  const { signIn, state } = useSession();
  const submit = useCallback(
    async (form: FormData) => {
      try {
        await signIn(text(form, 'apiKey'));
      } catch (error) {
        throw isUnauthorized(error) ? new KraiterError('unauthorized', INVALID_KEY, { field: 'apiKey' }) : error;
      }
    },
    [signIn],
  );
  const form = useForm(FIELDS, submit);
  return (
    <>
      <OfflineBanner />
      <main class="sign-in">
        <p class="brand">
          <Logo /> Kraiter
        </p>
        <div class="card">
          <Page title="Sign in">
            {state === 'expired' && form.error === undefined && (
              <Notice tone="info" title="Your session has expired. Sign in again to continue." />
            )}
            <form {...form.props}>
              <Field
                name="apiKey"
                label="API key"
                error={form.fieldError('apiKey')}
                hint="You’ll stay signed in for 12 hours. We don’t store the key in this browser."
              >
                {(control) => (
                  <input
                    {...control}
                    type="password"
                    class="mono"
                    placeholder="kr_key_…"
                    autocomplete="current-password"
                    spellcheck={false}
                    required
                  />
                )}
              </Field>
              {form.error !== undefined && <ErrorNotice error={form.error} />}
              <button type="submit" class="full" aria-busy={form.busy} aria-disabled={form.busy}>
                {form.busy ? 'Signing in…' : 'Sign in'}
              </button>
            </form>
          </Page>
        </div>
        <p class="fine">Send email through Amazon SES in your own AWS account.</p>
      </main>
    </>
  );
}
