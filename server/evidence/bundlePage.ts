import type { LedgerEntry } from '../protocol/promotion.ts';
import type { EntryPredicate } from './statement.ts';
import type { Verification } from './verify.ts';

export interface BundlePage {
  repository: string;
  at: string;
  /** Name of the directory beside the page that holds the raw files. */
  directory: string;
  verification: Verification;
  /** Newest first. */
  shown: readonly {
    entry: LedgerEntry;
    predicate: EntryPredicate;
    files: ReadonlyMap<string, Buffer>;
    directory: string;
  }[];
}

/** Everything that comes from outside is escaped: messages, paths and patches are written by people. */
const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);

const style = `body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin:2rem 0 .25rem;border-top:1px solid #d0d7de;padding-top:1rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:.5rem 0}dt{color:#57606a}dd{margin:0;overflow-wrap:anywhere}
pre{background:#f6f8fa;padding:.75rem;overflow:auto;font-size:13px}code{font-size:13px}
.ok{color:#116329}.bad{color:#a40e26}@media print{details{display:block}}`;

/** One page without scripts, links to elsewhere or anything to load; a policy forbids them too. */
export function renderBundle(page: BundlePage): string {
  const { verification } = page;
  const title = `Evidence of ${page.repository}`;
  const verdict = verification.ok
    ? `<p class="ok">All ${verification.entries} entries are intact, signed by known people, and reached the state they promised.</p>`
    : `<p class="bad">The check found:</p><ul class="bad">${verification.problems.map(problem => `<li>${escapeHtml(problem)}</li>`).join('')}</ul>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p>Exported ${escapeHtml(page.at)}. Raw files: <code>${escapeHtml(page.directory)}/</code>. To check it with git alone:
</p>
<pre>git init check &amp;&amp; cd check
git fetch ../${escapeHtml(page.directory)}/ledger.bundle refs/greenroom/ledger
git -c gpg.ssh.allowedSignersFile=../${escapeHtml(page.directory)}/allowed-signers log --show-signature FETCH_HEAD</pre>
${verdict}
${page.shown.map(renderEntry).join('\n')}
</body>
</html>
`;
}

function renderEntry({ entry, predicate, files, directory }: BundlePage['shown'][number]): string {
  const rows: [string, string | undefined][] = [
    ['When', entry.at],
    ['Who', entry.by],
    ['Branch', entry.branch],
    ['Plan', entry.digest],
    ['Undoes', entry.undoes],
    ['Commit', entry.commit],
    ['Files changed', String(entry.files)],
    ['Statements', String(entry.statements)],
    ['Approved by', predicate.approvals?.given.map(({ by }) => by).join(', ')],
    ['Left out', predicate.excluded.join(', ') || undefined],
    [
      'Snapshot',
      predicate.snapshot && `${predicate.snapshot.id}, kept until ${predicate.snapshot.keptUntil}`,
    ],
    ['Raw files', directory],
  ];
  const facts = rows
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value ?? '')}</dd>`)
    .join('');
  const findings =
    entry.findings.length === 0
      ? ''
      : `<p>Findings</p><ul>${entry.findings.map(finding => `<li>${escapeHtml(finding)}</li>`).join('')}</ul>`;
  const attachments = [...files]
    .map(
      ([name, content]) =>
        `<details><summary>${escapeHtml(name)}</summary><pre>${escapeHtml(readable(content))}</pre></details>`,
    )
    .join('\n');
  return `<section>
<h2>${escapeHtml(entry.kind)} ${escapeHtml(entry.promotion)}</h2>
<p>${escapeHtml(entry.message)}</p>
<dl>${facts}</dl>
${findings}
${attachments}
</section>`;
}

function readable(content: Buffer): string {
  const text = content.toString('utf8');
  return text.includes('\0') ? `(binary, ${content.length} bytes: see the raw files)` : text;
}
