import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFileAtomic } from '../../platform/atomicFile.ts';

/** Programs of an environment's own that stand before the system's. */
export function catcherFiles(inboxDirectory: string): { sendmail: string; phpIni: string } {
  const directory = path.join(inboxDirectory, 'catch');
  return {
    sendmail: path.join(directory, 'bin', 'sendmail'),
    phpIni: path.join(directory, 'php', 'greenroom.ini'),
  };
}

/** Writes a `sendmail` that hands over to the inbox, and the line that makes PHP's `mail()` use it. */
export async function writeCatchers(
  inboxDirectory: string,
  smtpPort: number,
  databasePort?: number,
): Promise<void> {
  const files = catcherFiles(inboxDirectory);
  await mkdir(path.dirname(files.sendmail), { recursive: true, mode: 0o755 });
  await mkdir(path.dirname(files.phpIni), { recursive: true, mode: 0o755 });
  const program = fileURLToPath(
    new URL(import.meta.url.endsWith('.ts') ? './sendmail.ts' : './sendmail.js', import.meta.url),
  );
  const quoted = [process.execPath, program].map(part => `'${part.replaceAll("'", "'\\''")}'`).join(' ');
  const script = `#!/bin/sh\nELECTRON_RUN_AS_NODE=1 NODE_NO_WARNINGS=1 exec ${quoted} ${smtpPort} "$@"\n`;
  await writeFileAtomic(files.sendmail, script, 0o755);
  const port = databasePort === undefined ? '' : `mysqli.default_port = ${databasePort}\n`;
  await writeFileAtomic(files.phpIni, `sendmail_path = "'${files.sendmail}' -t -i"\n${port}`, 0o644);
}
