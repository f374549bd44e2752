import type { ComponentChildren } from 'preact';
import { useLocation } from 'preact-iso';

import { Asking } from './asking';

interface Props {
  title: string;
  run: () => Promise<unknown>;
  /** What is said when it is done. */
  said: string;
  /** The page that is shown then. */
  next: string;
  children: ComponentChildren;
}

/** Deletes what the page is about, after a question. */
export function Deletion({ title, run, said, next, children }: Props) {
  const { route } = useLocation();
  return (
    <Asking
      button="Delete…"
      title={title}
      action="Delete"
      busy="Deleting…"
      run={run}
      said={said}
      done={() => route(next)}
    >
      {children}
    </Asking>
  );
}
