/** A small seeded generator, so that every demo has the same people: mulberry32. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const given =
  'Anna Ben Clara David Emma Felix Greta Hannah Ivan Julia Karim Lena Malik Nora Oskar Paula Quentin Rosa Samir Tessa Umut Vera Wiebke Xaver Yusuf Zoë Aïcha Björn Chiara Dmitri Élodie François Göran Håkon Inés Jürgen'.split(
    ' ',
  );
const family =
  'Ackermann Bianchi Celik Dubois Eriksson Fischer García Hofmann Ivanova Jansen Kowalski Lindqvist Müller Nguyen O’Brien Petrov Quispe Rossi Schneider Tanaka Ünal Vogel Weber Xu Yılmaz Zimmermann Østergaard Łukasik Becker Moreau Novak Silva Haddad Olsen Papadopoulos'.split(
    ' ',
  );
const streets =
  'Hauptstraße Lindenweg Rue_Victor-Hugo Via_Garibaldi Calle_Mayor Kerkstraat Station_Road Bahnhofstraße Parkallee Mühlenweg Rua_Augusta High_Street'
    .split(' ')
    .map(name => name.replace('_', ' '));
const cities: readonly (readonly [string, string])[] = [
  ['Berlin', '10115'],
  ['Hamburg', '20095'],
  ['München', '80331'],
  ['Lyon', '69001'],
  ['Torino', '10121'],
  ['Sevilla', '41001'],
  ['Utrecht', '3511'],
  ['Leeds', 'LS1 4AP'],
  ['Graz', '8010'],
  ['Zürich', '8001'],
  ['Porto', '4000-322'],
];
const mailHosts = ['gmail.com', 'gmx.de', 'outlook.com', 'web.de', 'yahoo.fr', 'libero.it', 'proton.me'];

export interface Person {
  givenName: string;
  familyName: string;
  email: string;
  phone: string;
  street: string;
  postcode: string;
  city: string;
  born: string;
}

/** The n-th customer of the demo; e-mails are unique. */
export function person(number: number): Person {
  const next = random(number * 7919 + 17);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const digits = (count: number) => Array.from({ length: count }, () => Math.floor(next() * 10)).join('');
  const givenName = pick(given);
  const familyName = pick(family);
  const plain = (text: string) =>
    text
      .normalize('NFKD')
      .replace(/[^A-Za-z]/g, '')
      .toLowerCase();
  const [city, postcode] = pick(cities);
  return {
    givenName,
    familyName,
    email: `${plain(givenName)}.${plain(familyName)}${number}@${pick(mailHosts)}`,
    phone: `+49 ${pick(['151', '160', '170', '176', '30', '40', '89'])} ${digits(7)}`,
    street: `${pick(streets)} ${1 + Math.floor(next() * 180)}`,
    postcode,
    city,
    born: `${1945 + Math.floor(next() * 60)}-${String(1 + Math.floor(next() * 12)).padStart(2, '0')}-${String(1 + Math.floor(next() * 28)).padStart(2, '0')}`,
  };
}
