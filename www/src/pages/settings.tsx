import type { OrganisationSettings } from '@kraiter/sdk';
import { useState } from 'preact/hooks';

import { CopyableValue } from '../components/copy-button';
import { HelpLink } from '../components/help-link';
import { Loading } from '../components/loading';
import { ErrorNotice } from '../components/notice';
import { Page } from '../components/page';
import { useToast } from '../components/toasts';
import { DOCS } from '../docs';
import { formatNumber } from '../format';
import { useResource } from '../hooks/use-resource';
import { kraiter } from '../kraiter';
import { useChecklistState } from '../onboarding/checklist-state';
import { useSession } from '../session';
import { Tracking } from '../settings/tracking';
import { chooseTheme, storedTheme, type Theme } from '../theme';

/** The organisation, what is stored of its emails, tracking, and how the dashboard looks. */
export function SettingsPage() {
  const settings = useResource('settings', (signal) => kraiter.settings.get({ signal }));
  return (
    <Page title="Settings" lead="Your organisation, tracking, data retention and appearance.">
      <div class="stack">
        <Organisation />
        {settings.error !== undefined && (
          <ErrorNotice error={settings.error} title="Could not load the settings" retry={settings.reload} />
        )}
        {settings.data ? (
          <>
            <Tracking settings={settings.data} reload={settings.reload} />
            <Retention settings={settings.data} />
          </>
        ) : (
          settings.error === undefined && <Loading what="Loading settings" lines={4} />
        )}
        <Appearance />
      </div>
    </Page>
  );
}

function Organisation() {
  const { organisation } = useSession();
  const toast = useToast();
  const [checklist, setChecklist] = useChecklistState();
  if (!organisation) return null;
  return (
    <section class="card" aria-labelledby="organisation-title">
      <h2 id="organisation-title">Organisation</h2>
      <dl class="facts inline">
        <div>
          <dt>Name</dt>
          <dd>{organisation.name}</dd>
        </div>
        <div>
          <dt>ID</dt>
          <dd>
            <CopyableValue text={organisation.id} what="organisation ID" />
          </dd>
        </div>
      </dl>
      <p class="fine">Ask the operator of this Kraiter to rename or delete the organisation.</p>
      {checklist === 'dismissed' && (
        <div class="actions">
          <button
            type="button"
            class="secondary"
            onClick={() => {
              setChecklist('shown');
              toast('The checklist is back on the start page');
            }}
          >
            Show the checklist again
          </button>
        </div>
      )}
    </section>
  );
}

function Retention({ settings: { retentionDays } }: { settings: OrganisationSettings }) {
  return (
    <section class="card" aria-labelledby="retention-title">
      <h2 id="retention-title">Data retention</h2>
      <p>
        The content of an email is deleted once it is finished. Its delivery history is stored for{' '}
        <strong>
          {formatNumber(retentionDays)} {retentionDays === 1 ? 'day' : 'days'}
        </strong>
        . The operator of this Kraiter sets the period. <HelpLink href={DOCS.retention}>What is stored</HelpLink>
      </p>
    </section>
  );
}

const THEMES: [theme: Theme, label: string, description: string][] = [
  ['system', 'System', 'As your device is set'],
  ['light', 'Light', 'Always light'],
  ['dark', 'Dark', 'Always dark'],
];

function Appearance() {
  const [theme, setTheme] = useState(storedTheme);
  const choose = (theme: Theme) => {
    chooseTheme(theme);
    setTheme(theme);
  };
  return (
    <section class="card" aria-labelledby="appearance-title">
      <h2 id="appearance-title">Appearance</h2>
      <fieldset class="choices">
        <legend>Theme in this browser</legend>
        <div>
          {THEMES.map(([value, label, description]) => (
            <label key={value}>
              <input type="radio" name="theme" checked={theme === value} onChange={() => choose(value)} />
              <span>
                {label} <span class="muted">{description}</span>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
    </section>
  );
}
