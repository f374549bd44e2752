import { useEffect, useRef } from 'preact/hooks';

/** Where the mail is put: a page of its own, whose content security policy lets a mail's styles and images in and nothing else. */
const PAGE = import.meta.env.DEV ? '/preview.html' : '/preview';

/**
 * A mail's HTML as it will look. It is put into a frame that can't run scripts, send forms, open windows or lead anywhere; the frame is
 * of our origin only so that the HTML can be put there, without any policy of this page being loosened for it.
 */
export function MailFrame({ html, title }: { html: string; title: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const show = () => {
    const root = frame.current?.contentDocument?.documentElement;
    // Until the page is there, the frame has another one; `onLoad` comes back then.
    if (!root?.hasAttribute('data-mail')) return;
    // The frame's own document takes text here: it asks for no trusted types, and a script that comes so never runs.
    root.innerHTML = html;
    const links = root.ownerDocument.createElement('base');
    // Where windows can't be opened, a link that asks for one leads nowhere.
    links.target = '_blank';
    root.querySelector('head')?.prepend(links);
  };
  useEffect(show, [html]);
  return <iframe ref={frame} class="mail-frame" src={PAGE} sandbox="allow-same-origin" title={title} onLoad={show} />;
}
