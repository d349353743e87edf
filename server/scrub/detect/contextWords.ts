const set = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** A person's name where the table is about people. */
export const nameWords = set(
  'name names nom noms nombre nombres nome naam nm fullname bezeichnung lname fname cn sn navn namn nimi nazwa nazwisko imie jmeno nazev nume isim nama',
);

/** Free content: personal where people write it or are written about. */
export const contentWords = set(
  `html plaintext markdown description descr desc text texts content contents body data value values details detail info information subject excerpt raw original
payload meta metadata answer answers response request options params parameters attributes extra custom beschreibung betreff inhalt texte contenu objet sujet detalle detalles asunto
reponse antwort respuesta risposta testo oggetto contenuto onderwerp omschrijving inhoud assunto descricao conteudo explanation justification headers header reference blob vars`,
);

/** Tables named after people that hold things: groups, roles, types. */
export const objectWords = set(
  `group groups role roles type types permission permissions field fields status statuses state states category categories level levels
plan plans class classes tag tags label labels right rights privilege privileges rank ranks tier tiers term terms relationship relationships
config configs setting settings configuration template templates module modules format formats policy policies reason reasons domain domains mib mibs folder folders rule rules action actions event events product products plugin plugins channel channels capability capabilities
eav attribute attributes website store stores index flag flags option options layout menu menus language languages country countries currency currencies
sequence sequences combination combinations association associations transition transitions element elements subtype subtypes detalle detalles item items line lines search searches source sources lang langs i18n l10n translation translations migration migrations schema version versions job jobs queue cache lock locks page pages total totals pref prefs preference preferences macro macros widget widgets`,
);

/** Words that are personal only where the table speaks of people: elsewhere they mean things. */
export const ambiguousWords = set(
  ` bd author handle  session pin cookie digest cert certificate fingerprint pan cc via place capitalised cap cp rue calle town suburb
owner reason message messages      subject agent browser about instructions profile picture photo avatar portrait foto
 salt  hostname sender recipient recipients google facebook twitter github linkedin instagram user agent useragent html     contact
summary     signature extension number geo coordinates lat lng lon place village locality district name description history resume
numero interior exterior subdivision contra from threads bluesky tiktok youtube discord snapchat mastodon cover location nickname paypal cheque payee tax licence cin swift house coach trainer advisor adviser consultant supervisor entraineur conseiller betreuer berater asesor entrenador docente vendeur vendedor
race metadata payload referrer referer landing page gps mac ip nonce challenge public initials birth nick titular portable via  bericht conversation chat feedback
unit suite portal apt etage scala interno sin participant besitzer eigentumer disease diseases identifiant responsable referente interlocutor identity born cell dial mobile portable notes note comments comment remarks remark memo extra family names sangre blut residencia employer line ci run rut cf conta cuenta konto ccc     scan scans face activation pseudo mob fixe poc tutor district city`,
);

/** Before `address` or `name` they say it is a machine's. */
export const machineWords = set(
  `server host node device network interface memory control controller web url site_url content storage gateway router switch port bus register local bind listen proxy destination dest src dst
nameserver broadcast multicast smtp imap pop`,
);

/** Words that say whose a column or a table is, short for a person or for a role of one: `cust_name`, `kd_vorname`, `b_name`. */
export const personMarkers = set(
  `cust cus cst usr kd kde emp empl employee mbr mem pat stu stud std adh cli clt pers ap contact client customer user member patient student staff guest person
b s bill billing ship shipping payer recipient owner full real own legal short long complete official public old new other alt alternate alternative second secondary nick birth display entry
my your name names`,
);

/** A name beside one of these is a thing's, in a table about people too: `job_name`. */
export const thingWords = set(
  `rol role tipo kelas mapel barang produk job station stations product item course department dept project file column table brand page server host database schema function procedure package property prop theme skin
team squad school class section unit company branch bank currency game book film song album device model make abteilung produkt artikel projekt kurs datei
departement produit fichier cours projet producto curso archivo departamento proyecto`,
);

/** Before `ip` they say whose it is: `poster_ip`, `last_ip`. */
export const ipOwners = set(
  `user author poster login last client remote visitor customer member sender reg registration register signup created creation updated ban banned attempt forwarded access
view viewer vote voter order post comment from guest session current previous first redeem redeemed failed reg registered join joined activation confirm confirmation optin subscribe unsubscribe
consent purchase checkout payment used click open upload uploader download downloader request requester sign signature activity logged logon recent submit submitter submission`,
);

/** Networks whose names are words, too: a person's account only where the table is about people. */
export const networkWords = set('threads cover google line signal matrix steam slack twitch messenger');

/** Tables whose `code` or `key` opens something. */
export const doorWords = set(
  'cookie cookies remember activation activations awaitingactivation verification verifications confirmation confirmations reset resets invite invites invitation invitations recovery otp token tokens login logins passwordreset',
);

/** `sorted_by`: not by whom. */
export const notByWhom = set(
  'sorted ordered grouped powered generated required limited sort order group stand',
);

/** As {@link ambiguousWords}, of two words. */
export const ambiguousPhrases: ReadonlySet<string> = new Set([
  'display name',
  'page url',
  'bank name',
  'other id',
  'bank code',
  'company id',
  'cover image',
  'cover photo',
  'custom field',
  'custom fields',
  'extra fields',
  'swift code',
  'email subject',
  'email body',
  'email content',
]);

/** Says who, in a column of its own: `kellner`, `paciente`. */
export const humans = set(
  `patient paciente patiente paziente customer kunde kundin cliente employee mitarbeiter empleado employe dipendente student estudiante schuler alumno eleve studente teacher lehrer
profesor professeur doctor arzt medico medecin lecturer dozent kellner waiter leser reader passenger guest gast fahrer conductor chauffeur tenant mieter landlord vermieter nurse applicant
bewerber candidate candidato candidat nurse enfermero infirmier besteller kaufer buyer seller comprador acheteur cashier kassierer cajero caissier`,
);

/** Pictures of whoever the row is about. */
export const pictureWords = set('image img photo picture foto bild imagen immagine portrait avatar');

/** Tables of what visitors write: `name` and `url` there are the writer's. */
export const writtenTables = set(
  'comment comments guestbook review reviews testimonial testimonials inquiry inquiries enquiry enquiries kommentar kommentare commentaire commentaires comentario comentarios',
);

/** Tables of what was done: an address there is whose it was. */
export const doneTables = set(
  'search searches log logs audit login logins session sessions visit visits online activity activities',
);

/** Words that name a person when they end a column's name, and anything else when something follows. */
export const loneWords = set(
  'user users account contact author session login google facebook twitter github linkedin owner sender recipient agent profile about place pass',
);

/** Addresses that get something sent stay addresses: `notification_email`. */
export const senders = set('notification notify admin default smtp send campaign newsletter bounce');

/** What a column is called that holds the address of whoever its row is about. */
export const ownAddress = set('e email mail address adresse courriel correo electronico mailadresse');

/** Notes are about whoever the row is about. */
export const noteWords = set('notes note comments comment remarks remark memo reason');
