import { type ComponentChildren, createContext } from 'preact';
import { useContext, useRef } from 'preact/hooks';

/** Where a list was left: what was loaded, and how far the page was scrolled. */
export interface Place {
  entries: unknown[];
  next: string | null;
  scroll: number;
}

const Places = createContext<Map<string, Place>>(new Map());

/** The lists that are remembered. */
const MAX_PLACES = 5;

/** Remembers where lists were left, until the user signs out. */
export function PlacesProvider({ children }: { children: ComponentChildren }) {
  const places = useRef(new Map<string, Place>());
  return <Places.Provider value={places.current}>{children}</Places.Provider>;
}

/** Returns the place of a list, a function that remembers it, and the name of the list that was left last. */
export function usePlaces() {
  const places = useContext(Places);
  const find = (name: string | undefined) => (name === undefined ? undefined : places.get(name));
  const remember = (name: string, place: Place) => {
    // The last one is the newest.
    places.delete(name);
    places.set(name, place);
    for (const oldest of [...places.keys()].slice(0, -MAX_PLACES)) places.delete(oldest);
  };
  return { find, remember, last: () => [...places.keys()].at(-1) };
}
