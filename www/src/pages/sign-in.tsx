import { KraiterError } from '@kraiter/sdk';
import { useCallback } from 'preact/hooks';

import { Field } from '../parts/field';
import { Logo } from '../parts/icon';
import { OfflineBanner } from '../parts/offline';
import { Page } from '../parts/page';
import { Notice, ProblemNotice } from '../parts/problem';
import { text, useForm } from '../parts/use-form';
import { isUnauthorized, useSession } from '../session';

const FIELDS = ['apiKey'] as const;

const UNKNOWN = 'This key isn’t known. Copy it whole: it begins with kr_.';

/** An API key becomes a session. The key is not kept. */
export function SignInPage() {
  const { signIn, state } = useSession();
  const submit = useCallback(
    async (form: FormData) => {
      try {
        await signIn(text(form, 'apiKey'));
      } catch (error) {
        throw isUnauthorized(error) ? new KraiterError('unauthorized', UNKNOWN, { field: 'apiKey' }) : error;
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
              <Notice tone="info" title="Your session is over. Sign in again to go on." />
            )}
            <form {...form.props}>
              <Field
                name="apiKey"
                label="API key"
                error={form.fieldError('apiKey')}
                hint="It becomes a session of twelve hours in this browser. The key itself isn’t kept here."
              >
                {(control) => (
                  <input
                    {...control}
                    type="password"
                    class="mono"
                    placeholder="kr_…"
                    autocomplete="current-password"
                    spellcheck={false}
                    required
                  />
                )}
              </Field>
              {form.error !== undefined && <ProblemNotice error={form.error} />}
              <button type="submit" class="full" aria-busy={form.busy} aria-disabled={form.busy}>
                {form.busy ? 'Signing in…' : 'Sign in'}
              </button>
            </form>
          </Page>
        </div>
        <p class="fine">Email through Amazon SES, in your own AWS account.</p>
      </main>
    </>
  );
}
