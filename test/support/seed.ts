// Loaded by .mocharc.json: what properties are tried with is the same in each run, so that a failure is a change's and
// not the day's. GREENROOM_TEST_SEED looks elsewhere.
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['GREENROOM_TEST_SEED'] ?? 20_260_701) });
