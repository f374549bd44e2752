import type { Identity } from '@kraiter/sdk';
import type { TargetedKeyboardEvent } from 'preact';
import { useState } from 'preact/hooks';

import { CopyButton } from '../components/copy-button';
import { HelpLink } from '../components/help-link';
import { DOCS } from '../docs';
import { type Snippet, snippets } from './snippets';

/** An address of the mailbox simulator, which works in the sandbox, too. */
const RECIPIENT = 'success@simulator.amazonses.com';

/** Code that sends an email from a verified identity. */
export function Snippets({ sender }: { sender: Identity }) {
  const from = sender.type === 'domain' ? `hello@${sender.identity}` : sender.identity;
  const list = snippets({ origin: location.origin, from, to: RECIPIENT });
  const [id, setId] = useState<Snippet['id']>('curl');
  const current = list.findIndex((snippet) => snippet.id === id);
  const { name, setup, code } = list[current] as Snippet;
  const move = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = list[(current + step + list.length) % list.length] as Snippet;
    setId(next.id);
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  return (
    <section class="card snippets" aria-labelledby="snippets-title">
      <div>
        <h2 id="snippets-title">Send from your code</h2>
        <p class="muted">
          Replace <code>kr_key_…</code> by a key from <a href="/keys">API keys</a>.{' '}
          <HelpLink href={DOCS.firstEmail}>More about sending</HelpLink>
        </p>
      </div>
      <div role="tablist" aria-label="Language" onKeyDown={move}>
        {list.map((snippet) => (
          <button
            key={snippet.id}
            type="button"
            role="tab"
            id={`tab-${snippet.id}`}
            class="secondary small"
            aria-selected={snippet.id === id}
            aria-controls="snippet"
            tabIndex={snippet.id === id ? 0 : -1}
            onClick={() => setId(snippet.id)}
          >
            {snippet.name}
          </button>
        ))}
      </div>
      <div id="snippet" role="tabpanel" class="stack" aria-labelledby={`tab-${id}`} tabIndex={0}>
        <pre>
          <code>{setup}</code>
        </pre>
        <pre>
          <code>{code}</code>
        </pre>
        <div class="actions">
          <CopyButton text={code} what={`${name} code`} label="Copy code" />
        </div>
      </div>
    </section>
  );
}
