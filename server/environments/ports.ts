import type { ProjectPaths } from '../platform/paths.ts';
import { pickPort } from '../platform/ports.ts';
import { listRecords } from './records.ts';

export interface EnvironmentPorts {
  database: number;
  smtp: number;
  http: number;
  serve: number;
}

/** Ports that belong to one environment for its whole life, so that connection details stay true over sleep and reboot. */
export async function allocatePorts(paths: ProjectPaths, database?: number): Promise<EnvironmentPorts> {
  const taken = new Set(
    (await listRecords(paths)).flatMap(({ port, inbox, servePort }) => [
      port,
      inbox.smtpPort,
      inbox.httpPort,
      servePort,
    ]),
  );
  const next = async () => {
    const port = await pickPort(taken);
    taken.add(port);
    return port;
  };
  if (database !== undefined) taken.add(database);
  return {
    database: database ?? (await next()),
    smtp: await next(),
    http: await next(),
    serve: await next(),
  };
}
