import assert from 'node:assert/strict';
import { isValidPhoneNumber } from 'libphonenumber-js/core';
import { isInNumberPlan, phoneMetadata } from '../../../server/scrub/numberValidity.ts';

describe('whether a number is one of its country’s plan', () => {
  it('is what the library says, for every calling code, lead and length', () => {
    const leads = ['', '0', '1', '2', '5', '6', '7', '8', '9', '10', '11', '19', '99', '15', '34'];
    const different: string[] = [];
    let valid = 0;
    for (const code of Object.keys(phoneMetadata.country_calling_codes))
      for (const [index, lead] of leads.entries()) {
        // Digits that differ for each code and lead, and come again in each run.
        const drawn = String((Number(code) * 7919 + index * 104_729) % 99_991).padStart(5, '3');
        for (const length of [1, 5, 7, 8, 9, 10, 11, 13]) {
          const national = (lead + drawn + drawn + drawn).slice(0, length);
          const expected = isValidPhoneNumber(`+${code}${national}`, phoneMetadata);
          if (expected) valid++;
          if (isInNumberPlan(code, national) !== expected) different.push(`+${code} ${national}`);
        }
      }
    assert.deepEqual(different, []);
    assert.ok(valid > 500, `${valid} numbers of the sample are valid`);
  });
});
