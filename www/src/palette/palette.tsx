import type { TargetedKeyboardEvent } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';

import { Icon } from '../components/icon';
import { useToast } from '../components/toasts';
import { useSession } from '../session';
import { chooseTheme } from '../theme';
import { useUnsavedChanges } from '../unsaved-changes';
import { type Command, commands, matchingCommands } from './commands';

/** Whether the shortcut has the command key. */
const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);

/** A button that opens the command palette, which Ctrl+K or Cmd+K opens everywhere. */
export function Palette() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isShortcut = (IS_MAC ? event.metaKey : event.ctrlKey) && event.key.toLowerCase() === 'k';
      // Another dialog waits for an answer.
      if (!isShortcut || event.altKey || event.shiftKey || document.querySelector('dialog[open]:not(.palette)')) return;
      event.preventDefault();
      if (dialog.current?.open) dialog.current.close();
      else setIsOpen(true);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
  }, [isOpen]);
  return (
    <>
      <button
        type="button"
        class="quiet small open-palette"
        aria-keyshortcuts="Control+K Meta+K"
        onClick={() => setIsOpen(true)}
      >
        <Icon name="search" />
        <span class="visually-hidden">Go to page or action</span>
        <kbd>{IS_MAC ? '⌘K' : 'Ctrl K'}</kbd>
      </button>
      {isOpen && (
        // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes the dialog, too.
        <dialog
          ref={dialog}
          class="palette"
          aria-label="Go to page or action"
          onClose={() => setIsOpen(false)}
          onClick={({ target, currentTarget }) => target === currentTarget && currentTarget.close()}
        >
          <article>
            <Search close={() => dialog.current?.close()} />
          </article>
        </dialog>
      )}
    </>
  );
}

function Search({ close }: { close: () => void }) {
  const all = useCommands();
  const [query, setQuery] = useState('');
  const [selected, setSelected] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const matching = matchingCommands(all, query);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [selected, query]);
  const run = (command: Command | undefined) => {
    if (!command) return;
    close();
    command.run();
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLInputElement>) => {
    const last = matching.length - 1;
    const next = {
      ArrowDown: selected === last ? 0 : selected + 1,
      ArrowUp: selected === 0 ? last : selected - 1,
    }[event.key];
    if (event.key === 'Enter') run(matching[selected]);
    else if (next === undefined) return;
    else setSelected(Math.max(next, 0));
    event.preventDefault();
  };
  return (
    <>
      <input
        type="text"
        role="combobox"
        aria-label="Page or action"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={matching.length > 0 ? `palette-${selected}` : undefined}
        aria-autocomplete="list"
        autocomplete="off"
        spellcheck={false}
        placeholder="Page or action"
        value={query}
        onInput={(event) => {
          setQuery(event.currentTarget.value);
          setSelected(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id="palette-list" role="listbox" aria-label="Pages and actions" tabIndex={-1} ref={list}>
        {matching.map((command, n) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox has the focus, and handles the keys.
          <div
            key={command.name}
            id={`palette-${n}`}
            role="option"
            tabIndex={-1}
            aria-selected={n === selected}
            onPointerMove={() => setSelected(n)}
            onClick={() => run(command)}
          >
            {command.name} <span class="muted">{command.group === 'Pages' ? 'Page' : 'Action'}</span>
          </div>
        ))}
      </div>
      <p class="muted" role="status">
        {matching.length === 0 ? 'Nothing found' : <span class="visually-hidden">{matching.length} found</span>}
      </p>
    </>
  );
}

function useCommands(): Command[] {
  const { route } = useLocation();
  const { organisation, signOut, noteError } = useSession();
  const { confirmLeave } = useUnsavedChanges();
  const toast = useToast();
  return useMemo(() => {
    const leaving = (leave: () => void | Promise<void>) => async () => {
      if (await confirmLeave()) await leave();
    };
    const fail = (error: unknown) => {
      noteError(error);
      toast(error instanceof Error ? error.message : 'Something went wrong', { tone: 'red' });
    };
    return commands({
      open: (href) => void leaving(() => route(href))(),
      setTheme: (theme) => {
        chooseTheme(theme);
        toast('Theme changed');
      },
      copyOrganisationId: () =>
        navigator.clipboard.writeText(organisation?.id ?? '').then(() => toast('Copied organisation ID'), fail),
      signOut: () => void leaving(signOut)().catch(fail),
    });
  }, [route, organisation, signOut, noteError, confirmLeave, toast]);
}
