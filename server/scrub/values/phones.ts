/**
 * National numbers that regulators keep for drama and documentation, by country calling code; `x` is any digit. Sources:
 * NANPA 555-0100…0199; Ofcom "Telephone numbers for use in TV and radio drama"; Bundesnetzagentur, Mitteilung 148/2021
 * (Drama-Rufnummern); ARCEP decision 2018-0881, numbers for audiovisual works; ACMA "Phone numbers for use in radio,
 * books, film and TV"; ComReg 020 91X XXXX; PTS "Telefonnummer för användning i böcker och filmer".
 */
export const reservedNumbers: Readonly<
  Record<string, { fixed: readonly string[]; mobile: readonly string[] }>
> = {
  '44': {
    fixed: ['1632960xxx', '1134960xxx', '1214960xxx', '1614960xxx', '2079460xxx', '1914980xxx'],
    mobile: ['7700900xxx'],
  },
  '49': {
    fixed: ['3023125xxx', '6990009xxx', '4066969xxx', '2214710xxx', '8999998xxx'],
    mobile: ['17139200xx'],
  },
  '33': {
    fixed: ['19900xxxx', '26191xxxx', '35301xxxx', '46571xxxx', '53649xxxx'],
    mobile: ['63998xxxx'],
  },
  '61': {
    fixed: [
      '25550xxxx',
      '27010xxxx',
      '35550xxxx',
      '37010xxxx',
      '75550xxxx',
      '77010xxxx',
      '85550xxxx',
      '87010xxxx',
    ],
    mobile: ['25550xxxx', '35550xxxx'],
  },
  '353': { fixed: ['2091xxxxx'], mobile: ['2091xxxxx'] },
  '46': {
    fixed: ['3139006xx', '4062804xx', '8465004xx'],
    mobile: ['70174061x', '70174062x', '70174063x', '70174064x'],
  },
};

/** First digits of mobile numbers where {@link reservedNumbers} tells mobile and fixed apart. */
export const mobilePrefixes: Readonly<Record<string, readonly string[]>> = {
  '44': ['7'],
  '49': ['15', '16', '17'],
  '33': ['6', '7'],
  '61': ['4'],
  '353': ['8'],
  '46': ['70', '72', '73', '76', '79'],
};

/** A country calling code that ITU-T E.164 has never assigned: no exchange can route `+990 …`. */
export const unassignedCallingCode = '990';
