import { useEffect, useState } from 'preact/hooks';

import { Icon } from './icon';

/** Whether the browser believes that it has a network. */
export function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const look = () => setOnline(navigator.onLine);
    window.addEventListener('online', look);
    window.addEventListener('offline', look);
    return () => {
      window.removeEventListener('online', look);
      window.removeEventListener('offline', look);
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
          <Icon name="offline" /> You are offline. What you see may be out of date; it is loaded again when you are
          back.
        </p>
      )}
    </div>
  );
}
