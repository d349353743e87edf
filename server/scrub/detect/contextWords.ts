const set = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** A person's name where the table is about people. */
export const nameWords = set(
  'name names nom noms nombre nombres nome naam fullname bezeichnung lname fname cn sn',
);

/** Free content: personal where people write it or are written about. */
export const contentWords = set(
  `description descr desc text texts content contents body data value values details detail info information subject excerpt raw original
payload meta metadata answer response request options params parameters attributes extra custom beschreibung betreff inhalt texte contenu objet sujet detalle detalles asunto
testo oggetto contenuto onderwerp omschrijving inhoud assunto descricao conteudo explanation justification headers header reference blob vars`,
);

/** Tables named after people that hold things: groups, roles, types. */
export const objectWords = set(
  `group groups role roles type types permission permissions field fields status statuses state states category categories level levels
plan plans class classes tag tags label labels right rights privilege privileges rank ranks tier tiers term terms relationship relationships
config configs setting settings configuration template templates module modules format formats policy policies capability capabilities
eav attribute attributes website store stores index flag flags option options layout menu menus language languages country countries currency currencies
lang langs i18n l10n translation translations migration migrations schema version versions job jobs queue cache lock locks pref prefs preference preferences macro macros widget widgets`,
);

/** Words that are personal only where the table speaks of people: elsewhere they mean things. */
export const ambiguousWords = set(
  `  author handle  session pin cookie digest cert certificate fingerprint pan cc via place capitalised cap cp rue calle town suburb
owner reason message messages      subject agent browser about instructions profile picture photo avatar portrait foto
 salt  hostname sender recipient recipients google facebook twitter github linkedin instagram user agent useragent html     contact
summary     signature extension number geo coordinates lat lng lon place village locality district name description history resume
race metadata payload referrer referer landing page gps mac ip nonce challenge public initials birth nick titular portable via  bericht conversation chat feedback
unit suite portal apt identifiant responsable referente interlocutor identity born cell dial mobile portable notes note comments comment remarks remark memo extra family names sangre blut residencia employer line ci run rut cf conta cuenta konto ccc     scan scans face activation pseudo mob fixe poc tutor district city`,
);

/** Before `address` or `name` they say it is a machine's. */
export const machineWords = set(
  `server host node device network interface memory control controller web url site_url content storage gateway router switch port bus register local bind listen proxy destination dest src dst
nameserver broadcast multicast smtp imap pop`,
);
