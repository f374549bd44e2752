import { useEffect, useState } from 'preact/hooks';

import { Icon } from './icon';

/** Returns whether the browser reports a network connection. */
export function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const update = () => setOnline(navigator.onLine);
    window.addEventListener('online', update);
    window.addEventListener('offline', update);
    return () => {
      window.removeEventListener('online', update);
      window.removeEventListener('offline', update);
    };
  }, []);
  return online;
}

export function OfflineBanner() {
  const online = useOnline();
  return (
    <div role="status">
      {!online && (
        <p class="offline-banner">
          <Icon name="offline" /> You’re offline. This page may be out of date. We’ll refresh it when you’re back
          online.
        </p>
      )}
    </div>
  );
}
