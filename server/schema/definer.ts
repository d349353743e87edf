/** `` `user`@`host` `` of `user@host`; the host is behind the last `@`. */
export function quoteAccount(account: string): string {
  const at = account.lastIndexOf('@');
  const quote = (name: string) => `\`${name.replaceAll('`', '``')}\``;
  return at === -1 ? quote(account) : `${quote(account.slice(0, at))}@${quote(account.slice(at + 1))}`;
}
