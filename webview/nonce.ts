/** Hands the page's nonce to the toolkit, which looks for it here while its modules load. */
const script = document.querySelector<HTMLScriptElement>('script[nonce]');
if (script && !document.querySelector('meta[property="csp-nonce"]')) {
  const meta = document.createElement('meta');
  meta.setAttribute('property', 'csp-nonce');
  meta.content = script.nonce;
  document.head.append(meta);
}
