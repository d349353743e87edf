import { mkdirSync } from 'node:fs';
import { backendJourneys } from './journeys/backend.ts';
import { checkoutJourneys } from './journeys/checkout.ts';
import { environmentJourneys } from './journeys/environment.ts';
import { hostJourneys } from './journeys/host.ts';
import { largeJourneys } from './journeys/large.ts';
import { lifeJourneys } from './journeys/life.ts';
import { promotionJourneys } from './journeys/promotion.ts';
import { questionJourneys } from './journeys/questions.ts';
import { setupJourneys } from './journeys/setup.ts';
import { type Fixture, openFixture } from './support/fixture.ts';

/** Everything here happens in a real VS Code, with the real backend, on a real production. */
describe('the editor', function () {
  this.timeout(180_000);
  let fixture: Fixture;
  const pictures = process.env['GREENROOM_TEST_PICTURES'];
  if (pictures !== undefined) mkdirSync(pictures, { recursive: true });

  before(async () => {
    fixture = await openFixture();
  });
  after(() => fixture?.close());

  const get = () => fixture;
  hostJourneys(get);
  checkoutJourneys(get);
  promotionJourneys(get);
  questionJourneys(get);
  environmentJourneys(get);
  lifeJourneys(get);
  backendJourneys(get);
  setupJourneys(get);
  largeJourneys(get);
});
