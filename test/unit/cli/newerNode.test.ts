import assert from 'node:assert/strict';
import { isNewEnough, runWithNewerNode } from '../../../server/cli/newerNode.ts';

describe('the command line on an older Node', () => {
  it('knows which versions have what it needs', () => {
    const versions = ['18.20.4', '20.20.2', '22.14.9', '22.15.0', '23.0.0', '24.21.0'];
    assert.deepEqual(versions.filter(isNewEnough), ['22.15.0', '23.0.0', '24.21.0']);
  });

  it('runs where it was started when this Node will do', async () => {
    assert.equal(await runWithNewerNode(process.argv), undefined);
  });
});
