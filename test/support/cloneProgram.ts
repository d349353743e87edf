// A backend of its own that does one thing to a clone and is killed (SIGKILL) at a named moment of it.
// Arguments: store root, JSON of {action, moment, request}.
import {
  type CloneRequest,
  createClone,
  destroyClone,
  startClone,
  stopClone,
} from '../../server/database/clone.ts';
import { keepDoor } from '../../server/database/doorkeeper.ts';
import { systemProcesses } from '../../server/platform/processes.ts';
import { testHost } from './temporary.ts';

export interface CloneProgram {
  action: 'create' | 'wake' | 'sleep' | 'destroy' | 'guard';
  /** A progress step, or before/after a process is started or signalled; `never` for an undisturbed run. */
  moment: string;
  request: CloneRequest;
}

const [root = '', json = '{}'] = process.argv.slice(2);
const { action, moment, request } = JSON.parse(json) as CloneProgram;

function pass(name: string): void {
  if (name === moment) process.kill(process.pid, 'SIGKILL');
}

const host = testHost(root, {
  processes: {
    ...systemProcesses,
    async detach(...parameters) {
      pass('before the server is started');
      const started = await systemProcesses.detach(...parameters);
      pass('after the server is started');
      return started;
    },
    async kill(...parameters) {
      pass('before the server is signalled');
      await systemProcesses.kill(...parameters);
      pass('after the server is signalled');
    },
  },
});
const operation = {
  progress: ({ step }: { step: string }) => pass(step),
  signal: new AbortController().signal,
};

if (action === 'create') await createClone(host, request, operation);
else if (action === 'wake') await startClone(host, request.directory);
else if (action === 'sleep') await stopClone(host, request.directory);
else if (action === 'destroy') await destroyClone(host, request.directory);
else {
  await keepDoor(host, request.directory);
  console.log('guarding');
}
