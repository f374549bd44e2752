import { useEffect, useRef } from 'preact/hooks';

/** Where the mail is put: a page of its own, whose content security policy lets a mail's styles and images in and nothing else. */
const PAGE = import.meta.env.DEV ? '/preview.html' : '/preview';

/** The frame's own, in pixels. */
const BORDERS = 2;

/**
 * A mail's HTML as it will look. It is put into a frame that can't run scripts, send forms, open windows or lead anywhere; the frame is
 * of our origin only so that the HTML can be put there, without any policy of this page being loosened for it.
 */
export function MailFrame({ html, title }: { html: string; title: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const watch = useRef<ResizeObserver>(undefined);
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
  useEffect(() => () => watch.current?.disconnect(), []);
  const loaded = () => {
    const element = frame.current;
    const root = element?.contentDocument?.documentElement;
    watch.current?.disconnect();
    if (element && root) {
      // As high as the mail is, within what the style sheet allows.
      watch.current = new ResizeObserver(() => {
        element.style.height = `${Math.ceil(root.getBoundingClientRect().height) + BORDERS}px`;
      });
      watch.current.observe(root);
    }
    show();
  };
  return <iframe ref={frame} class="mail-frame" src={PAGE} sandbox="allow-same-origin" title={title} onLoad={loaded} />;
}
