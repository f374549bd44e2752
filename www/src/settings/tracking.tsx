import type { OrganisationSettings } from '@kraiter/sdk';
import { useState } from 'preact/hooks';
import { ErrorNotice } from '../components/notice';
import { useToast } from '../components/toasts';
import { kraiter } from '../kraiter';
import { useSession } from '../session';

/** The switch for open and click tracking, with what tracking does to an email. */
export function Tracking({ settings, reload }: { settings: OrganisationSettings; reload: () => void }) {
  const { noteError } = useSession();
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const change = async (tracking: boolean) => {
    setBusy(true);
    setError(undefined);
    try {
      await kraiter.settings.update({ tracking });
      toast(tracking ? 'Tracking is on' : 'Tracking is off');
    } catch (error) {
      noteError(error);
      setError(error);
    } finally {
      setBusy(false);
      reload();
    }
  };
  return (
    <section class="card" aria-labelledby="tracking-title">
      <div>
        <h2 id="tracking-title">Open and click tracking</h2>
        <p class="muted">Off by default. When it is on, an email is tracked only if it asks for it.</p>
      </div>
      <label class="switch">
        <input
          type="checkbox"
          role="switch"
          checked={settings.tracking}
          aria-checked={settings.tracking}
          aria-describedby="tracking-effect"
          aria-busy={busy}
          aria-disabled={busy}
          onClick={(event) => {
            // The switch shows the setting, which changes only after the response.
            event.preventDefault();
            if (!busy) void change(!settings.tracking);
          }}
        />
        Allow emails to be tracked
      </label>
      <div id="tracking-effect">
        <p>
          To track opens, SES adds an invisible image to the HTML. To track clicks, SES replaces every link with one to
          a server of AWS, which redirects to the original. Use the attribute <code>ses:no-track</code> to keep a link
          as it is. You may need the recipients’ consent.
        </p>
        <p class="fine">
          Switching it on creates a second configuration set in each region with active events. Emails that don’t ask
          for tracking don’t use it.
        </p>
      </div>
      {settings.trackingConfigurationSets.length > 0 && (
        <ul class="permissions">
          {settings.trackingConfigurationSets.map(({ region, configurationSet }) => (
            <li key={region}>
              <code>{configurationSet}</code> <span class="muted">{region}</span>
            </li>
          ))}
        </ul>
      )}
      {error !== undefined && <ErrorNotice error={error} />}
    </section>
  );
}
