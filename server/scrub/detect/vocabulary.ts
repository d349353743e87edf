import type { TransformerName } from '../plan.ts';

/**
 * What columns that hold personal data are called in English, German, French, Spanish, Italian, Dutch and Portuguese: words and
 * phrases of words, folded to ASCII. A phrase matches anywhere in a column's words; the longest match wins, the
 * earlier kind among equals.
 */
export const phrases: Readonly<Partial<Record<TransformerName, string>>> = {
  email: `emailed to|mailed to|errors to|mail cc|mail bcc|email cc|email bcc|from|paypal|paypal email|own email|msnm|correo electronico cliente|surel|mel perso|mail perso|mail pro|email perso|email pro|correo personal|email adresse|indirizzo posta|e mailadres|
mail to|email to|correos|e post|epost|correspond address|comment address|mailaddr|emailaddr|email1|contact email|sendto|send to|smtp email|admin email|adresse mail|adresse electronique|direccion correo|correoe|mailadres|emailadres|endereco email|mail1|
email|e mail|mail|emails|mails|mail address|email address|mailadresse|emailadresse|correo|correo electronico|courriel|mel|
mail adresse|email adresse|posta elettronica|indirizzo email|indirizzo mail|reply to|replyto|mail from|mail to|mailto|bcc|cc|recipients|recipient|sender|
from address|to address|from addr|to addr|envelope from|envelope to|rcpt|msn|jabber|xmpp|gravatar email|paypal account|usermail|skype|icq|aim|yim|
notify address|goto address|pec|identity mail|owner email`,
  givenName: `nome do meio|pre nom|prenom usage|vornamen|nomes proprios|nom prenom usage|
voorletters|voorvoegsel|voorvoegsels|prenom usuel|apodo|soprannome|bijnaam|roepnaam|alcunha|apelido|surnom|pseudo|pseudonyme|spitzname|mittelname|zweiter vorname|tweede naam|secondo nome|initials name|
first name|firstname|fname|given name|givenname|forename|vorname|prenom|prenoms|nombre de pila|primer nombre|nome proprio|middle name|
middlename|mname|middle initial|middle names|second name|preferred name|preferredname|nickname|nick name|nick|rufname|voornaam|voornamen|tussenvoegsel|
primeiro nome|called name|firstnames|christian name|suffix name|alternate name|alternatename|first name phonetic|firstnamephonetic|segundo nombre`,
  familyName: `paterno|materno|apaterno|amaterno|ap paterno|ap materno|nom usage|nom d usage|nom famille naissance|apellido p|apellido m|nome familia|cognomi|nachnamen|family|primo cognome|zweitname|
nom usuel|nom marital|nom jeune fille|apellido1|apellido2|meisjesnaam|ultimo apellido|sobrenomes|surname1|surname2|geb name|madchenname|
last name|lastname|lname|family name|familyname|surname|sur name|nachname|familienname|zuname|nom de famille|nom famille|apellido|apellidos|
primer apellido|segundo apellido|cognome|achternaam|sobrenome|maiden name|maidenname|geburtsname|nom de naissance|birth name|patronymic|ultimo nome|
mothers maiden|last name phonetic|lastnamephonetic|apellido paterno|apellido materno`,
  fullName: `attached by name|participant|name des besitzers|besitzer|eigentumer|name des inhabers|cheque|payee|coach|trainer|advisor|adviser|counselor|consultant|supervisor|entraineur|conseiller|conseillere|superviseur|betreuer|berater|asesor|entrenador|docente|vendeur|vendedor|auftraggeber|sys contact|syscontact|from name|fromname|nama|nama lengkap|kunden name|kundenname|name kunde|pname|dname|patientname|doctorname|customer full|titulaire compte|full names|names|nom complet client|
nombres|nombre y apellidos|nombres y apellidos|cognome e nome|denominazione|nome e cognome|pareja|naam klant|nachname vorname|name vorname|mitarbeiter name|vertreter|verantwortlich|verantwortlicher|witness|signer|operator name|created by person|poc|point of contact|technician|installer name|cardholder name|voter|resident|husband|wife|padre|madre|tutor|acompanante|emergency contact name|first and last name|namen|kontakt|kontaktperson|ragione sociale cliente|spouse name|cname|owned by name|
full name|fullname|display name|displayname|real name|realname|real user name|customer name|client name|contact name|contactname|contact person|
person name|employee name|patient name|guest name|member name|author name|author|owner name|holder name|cardholder|card holder|account holder|
accountholder|kontoinhaber|inhaber|ansprechpartner|bearbeiter|sachbearbeiter|kundenname|name on card|billing name|shipping name|recipient name|
sender name|from name|to name|reply to name|nom complet|nombre completo|nome completo|naam|nom prenom|nom et prenom|gecos|contact|signed by|signatory|
approver name|manager name|spouse|guardian|guardians name|father name|mother name|mothername|fathername|parent name|emergency contact|emergency name|
beneficiary|titulaire|titular|intestatario|nombre titular|contacto|referente|student name|teacher name|instructor name|doctor name|physician name|
provider name|voter name|candidate name|reporter|assignee name|attendee|attendee name|passenger|passenger name|driver name|uploader name|posted by|poster name|
subscriber name|user real name|legal name|salutation name|addressee|attn|attention|care of|c o name|vor und nachname|ship name|bill name|consignee|
artist name|ghost name|user fullname|name first last|personname|common name|customername|username full|initials|author lastname|actor name|deceased|
next of kin|kin name|relative name|patron|lessee|tenant name|landlord|sales rep|sales person|salesperson|salesman|agent name|requester|requestor|requested by|
nom client|nom contact|nome cliente|nombre cliente|klantnaam|contactpersoon|empfanger|absender|firma ansprechpartner|interlocutor|responsable`,
  userName: `google plus|googleplus|jabber id|jabberid|social networks|socialnetworks|viber|wechat|line id|pinterest|vimeo|flickr|tumblr|reddit|twitch|psn id|xbox|vkontakte|weibo|gtalk|hangouts|messenger|telegram id|slack|steam id|payer id|payerid|customer login|threads|bluesky|tiktok|youtube|discord|snapchat|dbuser|specific dn|nama pengguna|nom d usager|nom usager|usager|pseudo login|login id|loginid|user logon|ipmi username|snmp username|bind dn|auth user|http user|ftp user|smtp user|smtp username|db username|onvif username|nome usuario|useraccount|user handle|gebruiker|anmeldename|kennung|userlogin name|utilizador nome|alta usuario|
user name|username|usernames|login|loginname|login name|user login|userlogin|logon|user id name|benutzername|benutzer|nutzername|
nom utilisateur|nom d utilisateur|identifiant|usuario|nombre usuario|nombre de usuario|utente|nome utente|gebruikersnaam|nome de usuario|utilizador|
account name|accountname|screen name|screenname|handle|uname|user nicename|nicename|alias user|author login|by user|sam account name|samaccountname|
principal name|userprincipalname|user text|actor name text|last poster name|poster username|last poster|username clean|owner user|user account|userid|
user email login|twitter|facebook|instagram|linkedin|github|twitter handle|mastodon|whatsapp|telegram|skype id|yahoo|google|xing|ldap user|ldap uid|uid name|
created by user|created by name|updated by name|modified by name|edited by|locked by name|from user|to user|remote user|auth user|db user|user|users`,
  phone: `home no|office no|work no|ph no|ph number|phno|numero|nohp|no telp|notelp|no telepon|telepon|no hp|tele|tele nr|tlf|tlfno|tfno|telf|tel vor|tel nr|fax vor|fax nr|mobil vor|mobil nr|tel perso|tel pro|tel domicile|tel travail|numtel|numero tel|nr tel|recapito|recapiti|recapito telefonico|telemovel numero|telmovel|gsm nummer|
numero telephone|numero de telephone|numero telefono|numero de telefono|telefonnummern|fono|fone|contacto telefonico|whatsapp|tel fixe|fixe|telefono fijo|telefono casa|telefono cellulare|nr telefonu|telefon1|phone a|phone b|poc cell|cell no|mobiltel|festnetz|telnr|telno|mob|mob no|numero celular|mobielnummer|vaste telefoon|busphone|faxnr|telefaxnummer|
phone|phone number|phonenumber|telephone|telephone number|tel|tel no|tel nr|mobile|mobile number|mobile phone|mobilephone|cell|cell phone|cellphone|
cell number|fax|fax number|faxnumber|telefax|telefon|telefonnummer|telefonnr|handy|handynummer|mobil|mobilnummer|mobiltelefon|rufnummer|telephone portable|
portable|tel portable|telefono|telefonos|movil|celular|telefono movil|cellulare|telefoon|telefoonnummer|mobiel|gsm|telemovel|telefone|msisdn|sms number|
pager|landline|caller id|callerid|caller number|callee|phone home|phone work|phone mobile|phone contact|phone cell|phone biz|contact number|contact no|
contactno|dial|sms|whatsapp number|phones|hotline|work phone|home phone|phone1|phone2|phone other|cid number|src number|dst number|extension number`,
  street: `interior|exterior|entre calles|subdivision|adr|house|alamat|haus nr|hausnr|haus nummer|residencia|residenza|dimora|recapito indirizzo|wohnanschrift|lieferanschrift|rechnungsanschrift|kundenadresse|kunden adresse|anschrift strasse|via e numero|domicilio fiscal|rua numero|adres straat|
indirizzo residenza|adresse postale|direccion postal|calle numero|numero exterior|numero interior|avenida|numero endereco|endereco numero|colonia|numero casa|busnummer|bus nummer|adresse1|adresse2|line1|line2|line 1|line 2|address a|address b|address c|site address|fiscal address|address full|wohnadresse|lieu dit|batiment|appartement|etage|civico|interno|scala|toevoeging|huisnummertoevoeging|addresse|addressline1|addresse postale|addr line|
street|street address|street name|streetname|address|address1|address2|address3|address line|addressline|addr|addr1|addr2|adress|adresse|
address1 line|strasse|hausnummer|house number|house no|housenumber|strasse hausnummer|anschrift|rue|voie|direccion|calle|domicilio|indirizzo|via|straat|
huisnummer|straatnaam|adres|endereco|rua|morada|logradouro|numero civico|postal address|mailing address|home address|street 1|street 2|po box|pobox|postfach|
apartment|apt|suite|unit address|building number|ship address|shipping address|bill address|billing address|delivery address|adresszusatz|adresse complement|
location address|billing street|shipping street|addresses|registered address|lieferadresse|rechnungsadresse|complemento|residence|wohnort strasse|office address`,
  city: `location|gemeente|barrio|freguesia|concelho|quartier|arrondissement|stadtteil|citta residenza|citta nascita|citta di residenza|citta di nascita|ciudad nacimiento|district|municipalidade|naturalidade|residence city|site city|site zip city|
city|town|city name|ort|stadt|wohnort|ortschaft|ville|commune|localite|ciudad|localidad|poblacion|municipio|citta|comune|localita|plaats|woonplaats|
stad|cidade|municipality|suburb|village|hometown|home town|birth place|birthplace|place of birth|geburtsort|lieu de naissance|lieu naissance|lugar de nacimiento|
luogo di nascita|luogo nascita|geboorteplaats|locality|dependent locality|ship city|bill city|district name|place|user from|barangay|county name|bairro|
neighborhood|neighbourhood|geoip city`,
  postcode: `zip|zip code|zipcode|postal code|postalcode|post code|postcode|postal|plz|postleitzahl|code postal|codepostal|cp|codigo postal|cap|codice postale|cep|
zip postal|ship postal code|bill postal code|postnummer|postnr|eircode|pincode|pin code address|zip4|plus four`,
  company: `bank name|organization|organisation|societa|entreprise|bedrijfs naam|fantasia|nome fantasia|nombre comercial|nombre empresa|company|
company name|company|companyname|organisation name|organization name|employer|employer name|arbeitgeber|firma|firmenname|firm name|
unternehmen|societe|raison sociale|nom societe|empresa|razon social|nombre empresa|ditta|azienda|ragione sociale|bedrijf|bedrijfsnaam|razao social|
business name|billing company|shipping company|institution|workplace|employeur`,
  birthDate: `bd|tanggal lahir|tgl lahir|ddn|date naiss|datenaiss|naiss|gbdatum|geburts datum|geb dat|data nasc|fnac|f nacimiento|fecha de nac|date of birt|dateofbith|bdate|birthdt|
birth dt|birthdt|date birth|nascita|fecha nac|fec nacimiento|fecnac|fechanac|dt nascimento|datanasc|data nasc|dtnasc|geb|geboren|geboren am|geboorte datum|geboorte|born date|geburtsjahr|ano nacimiento|annee naissance|anno nascita|dod|verstorben am|naissance date|
birth date|birthdate|date of birth|dateofbirth|dob|birthday|birth day|born|born on|geburtsdatum|geburtstag|geb datum|gebdat|date de naissance|
date naissance|datenaissance|fecha nacimiento|fecha de nacimiento|fechanacimiento|data di nascita|data nascita|datanascita|geboortedatum|data de nascimento|
data nascimento|nascimento|naissance|nacimiento|birth year|year of birth|birthyear|death date|date of death|deceased date|birth|user dob|dateofdeath`,
  ip: `ip|ip address|ipaddress|ip addr|ipaddr|remote addr|remote address|remote ip|client ip|user ip|userip|last ip|lastip|login ip|signup ip|registration ip|
author ip|poster ip|ipv4|ipv6|source ip|src ip|dst ip|host ip|x forwarded for|forwarded for|ip hex|rc ip|last login ip|current login ip|host address|
ip from|ip to|session ip|creation ip|reg ip|visitor ip|adresse ip|direccion ip|indirizzo ip|hostname|remote host|location ip`,
  mac: `mac|mac address|macaddress|mac addr|hwaddr|hardware address|ethernet address`,
  url: `cover image|cover photo|header photo|redes sociales|social media|social links|website|web site|homepage|home page|user url|author url|comment author url|web page|webpage|webseite|internetseite|site web|pagina web|sitio web|sito web|
avatar url|profile url|photo url|picture url|personal url|user website|blog url|profile picture|avatar|photo|user avatar|user photo|userpic|image url user|
profile image|profile photo|linkedin url|facebook url|twitter url|picture|portrait|foto`,
  iban: `check number|checknumber|cheque number|check no|cheque no|conta|agencia conta|numero conta|cuenta|numero de cuenta|konto|bankkonto nr|ccc|bankverbindung|bank details|coordonnees bancaires|bic swift iban|sort code|account no|acct no|acc no|accountno|rekening|
iban|bank account|bankaccount|account iban|kontonummer|konto nr|kontonr|bank account number|bankkonto|compte bancaire|numero de compte|cuenta bancaria|
conto corrente|numero conto|rekeningnummer|bankrekening|conta bancaria|account number|acct number|acc number|accountnumber|bank number|bic iban|routing number|
numero cuenta|iban prefix|bank acc|rib|clabe|debit account|checking account`,
  cardNumber: `cardnum|card num|card last|payment card last|card number|cardnumber|cc number|ccnumber|credit card|creditcard|credit card number|creditcard number|card no|cardno|pan|kartennummer|kreditkarte|
numero carte|carte bancaire|numero tarjeta|tarjeta|numero carta|carta credito|creditcardnummer|numero cartao|cc num|ccnum|cc last4|card last4|last four|
cc last 4|cc number enc|cc|card digits|masked pan|debit card|cc owner number`,
  nationalId: `no induk|nomor induk|nisn|nip pegawai|other id|license no|driving licence|driving license|driver license|drivers license|dri lice|sin|adhar|adhar number|adhar no|aadhar|aadhaar|aadhar number|aadhar no|aadhaar number|aadhaar no|ic no|ic number|legal identifier|rv nr|rvnr|sv nr|svnr|national code|nic|employeeid|social number|personal code|identity no|identification number|registration number person|bank branch|bank branch number|bank swift|bank swift code|swift code|swift|bank code|licence|numero licence|num licence|nr licence|no licence|cin|versicherungs nr|versicherungsnr|krankenversicherungsnummer|documento|numero documento|num documento|nro documento|documento numero|cf|cnh|titulo eleitor|identificacion|numero identificacion|cedula identidad|identidad|carte identite|numero identite|cni|numero passeport|passeport|pasaporte|passaporto|paspoort|paspoortnummer|passaporte|rijbewijs|rijbewijsnummer|patente|permiso conducir|ausweis nr|personal nr|persnr|nss|numero seguridad social|tessera sanitaria|ssn last4|alien number|employee no|student id number|id no|idno|nino|citizenid|run|rut|ci|
ssn|ss number|social security|social security number|socialsecurity|national id|nationalid|national identification|identity number|id number person|
id card|idcard|id card number|personal id|personal number|personnummer|personalausweis|ausweisnummer|ausweis|passport|passport number|passportnumber|
reisepass|drivers license|driver license|drivers licence|driver licence|driving licence|license number driver|fuhrerschein|permis conduire|dni|nif personal|nie|cpf|rg|
codice fiscale|codicefiscale|cod fiscale|bsn|burgerservicenummer|sozialversicherungsnummer|svnr|sv nummer|rentenversicherungsnummer|versicherungsnummer|
numero secu|num secu|securite sociale|numero securite sociale|seguridad social|curp|nhs number|nhsnumber|medicare|medicare number|insurance number|policy number|
subscriber ss|member id number|carta identita|documento identidad|cedula|pesel|aadhaar|student number|matrikelnummer|employee number|national insurance|
personalnummer|idnumber|id number|medical record number|mrn|pubpid|drivers license number|license plate|kennzeichen|vehicle plate|plate number|immatriculation|
matricula|targa|pis|nis|nric|sin number|military id|citizen id|tc kimlik|cnp|egn`,
  taxNumber: `tax|company id|company tax id|tax number|taxnumber|tax id|taxid|tax vat|taxvat|vat|vat id|vatid|vat number|vat no|vatnumber|vat nr|tva|tva intra|tva intracom|numero tva|ust id|ustid|
ust idnr|ustidnr|umsatzsteuer id|steuernummer|steuer nr|steuernr|steuer id|partita iva|partitaiva|piva|p iva|btw nummer|btw nr|btw|nif|cif|cnpj|nipc|ein|tin|
fein|siret|siren|federal ein|federal tax|tax payer id|taxpayer id|rfc|cuit|cuil|gst number|gstin|abn|idprof1|company tax|eori`,
  geoPoint: `location lat|location lng|location lon|location latitude|location longitude|latitude|longitude|lat|lng|lon|long lat|geo|geo point|geopoint|geo location|geolocation|coordinates|coords|lat lng|latlng|latlong|gps|position gps|
breitengrad|langengrad|latitud|longitud|latitudine|longitudine|geo lat|geo long|geo lng|location point|coordenadas`,
  passwordHash: `contra|contrasenya|pasword|pwhash|kata sandi|sandi|auth pass|user pass|pass user|mqtt pass|db pass|admin pass|motpasse|mot passe|passwords|
contrasenia|contrasenya|clave acceso|contrasena hash|passwort hash|passworthash|ldap bind password|bind password|http password|ftp password|smtp password|smtp pass|db password|dbpass|userpassword|login password|loginpass|secret word|clave usuario|pwdhash|pass word|passwd hash|
password|passwd|pass|passwort|kennwort|pwd|passphrase|password hash|passwordhash|pass hash|user pass|userpass|user password|crypted password|
encrypted password|hashed password|passhash|pw|pw hash|mot de passe|motdepasse|mdp|contrasena|clave|parola|password salt|salt|wachtwoord|senha|palavra passe|
newpassword|new password|old password|password history|pass salt|user newpassword|temp password|pw history|pwd history|pass crypted|pass temp|passw`,
  token: `pwd reset|pass reset|passwd reset|contact key|sesskey|sess key|webservice key|webservices key|ws key|validation code|registration code|registration key|one time password|password reset|reset hash|unlock token|confirmation key|invite code|invitation code|id sesion|sesion|sesion id|snmp community|confirm key|twitter oauth|oauth data|oauth|access token secret|
sess id|sid|sessid|session hash|privatekey|psk|tls psk|auth passphrase|priv passphrase|authpassphrase|privpassphrase|access hash|login token|user hash|secure key|securekey|cookie token|cookie value|smime certificate|smimecertificate|app password|application password|key secret|apisecret|hash id secret|cryptokey|community string|snmp password|activation|actcode|verifycode|license key|licence key|licensekey|checksum token|unique token|
token|tokens|access token|accesstoken|refresh token|auth token|authtoken|api key|apikey|api token|api secret|secret|secret key|client secret|private key|
privatekey|shared secret|consumer secret|consumer key|oauth token|oauth secret|remember token|reset token|reset key|reset code|session token|session id|sessionid|
session key|session|activation key|activation code|activationkey|confirmation code|confirmation token|verification code|verification token|verify code|
validation key|confirm code|otp|otp secret|totp secret|two factor secret|twofactor|recovery code|recovery codes|recovery token|auth key|authkey|auth code|
webhook secret|signing secret|unsubscribe token|invite token|invitation token|persistence code|cookie|cookie hash|csrf|security code|verification hash|
security token|security key|login key|loginkey|login hash|public key|publickey|ssh key|pgp key|gpg key|pass key|fingerprint|device id|device token|push token|
access key|authtoken hash|authorization code|rp token|rp token hash|token hash|digest|credential|credentials|csv code|cvv|cvc|card code|pin|pin code|pin hash|
security answer|secret answer|security question answer|answer secret|hash key|user token|email token|user email token|actkey|form salt|last search key|
nonce|challenge|private hash|secret hash|auth data|authentication string|auth secret|api password|encryption key|ajax key|session data key|subscribe key|
cert|certificate|user key|uuid key|link id secret|magic link|sso id|provider user id|social id|facebook id|google id|external auth id|openid|open id|twitter id|
social user id|provider uid|oauth uid|oauth provider id`,
  text: `cv text|cv version|disease|diseases|email subject|email body|email content|reply message|admin reply|reponse|antwort|respuesta|risposta|revoke reason|away reason|notepad|bio text|motivation|motivation letter|emergency info|contact information|contact info|contact details|kontaktdaten|coordonnees|datos contacto|msg subject|custom field|custom fields|custom attributes|additional fields|extra fields|real filename|original filename|orig filename|client filename|uploaded filename|original name|beschwerde|infos|patologia|patologie|pathologie|pathologies|comorbilidades|observaciones medicas|anamnese text|bemerkungen kunde|lista amigos|liste amis|
antecedent|antecedents|antecedant|antecedentes|antecedenti|maladie|maladies|enfermedad|enfermedades|malattia|malattie|ziekte|doenca|krankheit|krankheiten|diagnostico|diagnostic|diagnosi|dictation|vcard|vars|freeform|freeform contact info|motivo|motivo consulta|motif|motif consultation|observ|obs|anamnesi|anamnesis|traitement|tratamiento|trattamento|behandeling|tratamento|behandlung|medicamentos|medicaments|farmaci|medicijnen|alergias|allergie|sintomas|symptomes|sintomi|klachten|queixas|beschwerden|billing note|text body|correspondence|letter text|sms text|chief complaint|complaints|findings|assessment|care plan|progress note|nursing note|user comment|client note|staff note|remarks text|testimony|statement person|
note|notes|comment|comments|remark|remarks|memo|message|messages|bio|biography|about me|aboutme|about|user about|signature|user sig|usersig|sig|
description person|personal info|personal information|additional info|notiz|notizen|bemerkung|bemerkungen|kommentar|kommentare|anmerkung|anmerkungen|
nachricht|beschreibung person|remarque|remarques|commentaire|commentaires|observation|observations|nota|notas|observaciones|observacion|comentario|comentarios|
mensaje|note interne|osservazioni|commento|commenti|messaggio|messaggi|opmerking|opmerkingen|notitie|bericht|observacoes|observacao|mensagem|mensagens|
feedback|complaint|inquiry|enquiry|question text|answer text|conversation|chat|reply text|reply body|review|review text|testimonial|diagnosis|diagnose|
medical history|anamnese|allergies|symptoms|medication|medications|treatment|interests|hobbies|user agent|useragent|agent|browser|
comment text|comment content|comment body|message text|message body|note text|note note|customer note|order note|cancel reason|reason text|body text|post text|private message|
user interests|history text|log message|log text|details person|user notes|admin note|private note|public note|note public|note private|content text|
status message|subject line|mail body|email body|mail subject|message subject|msg|msg body|chat text|transcript|summary person|resume|cv|cover letter|
family history|social history|appointment note|case note|gift message|special instructions|delivery instructions|instructions|
status text person|description user|user description|profile|profile text|comment author text|reason|ban reason|user title|guestbook`,
  constant: `tipo sangre|grupo sangre|sangre|groupe sang|blut|rh factor|
religion|religious affiliation|konfession|religione|religie|religiao|ethnicity|ethnic group|ethnie|etnia|ethnic origin|race|raza|raca|blood group|blood type|
bloodgroup|bloodtype|blutgruppe|groupe sanguin|g sanguin|gsanguin|sanguin|grupo sanguineo|gruppo sanguigno|bloedgroep|tipo sanguineo|disability|disabilities|behinderung|
handicap|discapacidad|sexual orientation|political affiliation|political party|trade union|union membership`,
  blob: `attachment|attachments|photo data|picture data|avatar data|image data|signature image|scan|scans|document scan|id scan|face|face image|uploaded file|file content|filecontent|
file data|filedata|document content|document data|passport copy|thumbnail photo|foto data`,
  formEncoded: `query string|querystring|request params|request parameters|post data|form data|request uri|request url|referrer|referer|http referer|
request body|landing page|last url|page url`,
  json: `user data|userdata|user meta|user settings|payload|request data|response data|raw data|raw request|raw response|additional data|additional information|
extra data|session data|attributes json|profile data|custom data|metadata|meta data|event data|ipn data|transaction data|customer data|order data|notification data`,
};

/**
 * Words that turn a match into something about it: `email_sent`, `phone_type`, `address_id`. `last`: only at the end of
 * the name, `any`: anywhere.
 */
export const harmless = {
  last: `iterations|userid|userids|relation|relationship|parentesco|id|ids|type|types|status|state|count|counts|counter|flag|enabled|disabled|active|allowed|required|mandatory|optional|visible|visibility|hidden|format|template|templates|subject id|
verified|confirmed|validated|sent|opened|bounced|bounce|at|on|date|time|timestamp|updated|created|modified|expires|expiry|expiration|expire|
length|size|max|min|limit|level|order|sort|sorting|position id|rank|weight|mode|method|options|option|setting|label|labels|class|css|icon|color|colour|style|
width|height|pattern|regex|validation|rule|rules|policy|strength|version|attempts|tries|retries|interval|days|hours|minutes|seconds|timeout|ttl|score|index|
quota|priority|category|group|groups|role|roles|permission|permissions|language|lang|locale|timezone|tz|currency|charset|encoding|mimetype|mime|extension|
file|filename|path|folder|directory|template id|notification|notifications|digest|frequency|lastsent|mask|separator|prefix|suffix|
reset|change|changed|changetime|warn|warning|lifetime|failures|failed|field|fields|column|domain|host|server|port|protocol|transport|driver|provider|
service|scheme|algo|algorithm|cipher|checksum id|code type|kind|source|num|nr id|total|amount|price|cost|fee|rate|percent|value type|unit|units|
help|hint|placeholder|tooltip|caption|heading|pref|preference|preferences|optin|opt in|optout|subscribe|subscribed|public|private flag|bool|yn|default|
cap|bbcode|bitfield|subject|body|filter|capability|plugin|module|handler|callback|hook|event type|action type|severity|facility`,
  any: `tipo|typ|is|has|use|uses|allow|allows|enable|show|hide|display|can|require|requires|need|needs|num|count|number of|nb|must|should|auto|template|tpl|default|
max|min|smtp|imap|pop3|notify|notification|send|count of|total|cron|queue|bounce|campaign|newsletter id|config|field|column|label`,
};

/** Tables that are about people: there, `name` is a person's, and notes are about somebody. */
export const personTables = `emp|emps|empl|coordinator|coordinators|koordinator|koordinatoren|supervisor|supervisors|trustee|trustees|winner|winners|laureat|laureats|gagnant|gagnants|finalist|finalists|ganador|ganadores|address|addresses|adresse|adressen|adresses|direcciones|indirizzi|adressenbuch|address book|addressbook|employer|employers|supplier|suppliers|vendor|vendors|shipper|shippers|lieferant|lieferanten|fournisseur|fournisseurs|proveedor|proveedores|fornitore|fornitori|leverancier|leveranciers|fornecedor|fornecedores|usr|klant|funcionarios|profesor|profesores|estudiante|estudiantes|alumnos|medico|medicos|medecin|medecins|arzt|arzte|huesped|huespedes|socio|socios|vendedor|vendedores|cliente|persona|anagrafica|anagrafiche|docenti|studenti|studente|leerling|leerlingen|docent|docenten|aluno|alunos|professor|professores|usager|usagers|abonne|abonnes|eleve|eleves|etudiant|etudiants|enseignant|enseignants|schueler|lehrkraft|teilnehmer|besucher|gast|gaste|gastgeber|bewerber|angestellte|spieler|autor|autoren|autores|auteurs|auteur|autore|autori|user|users|usr|account|accounts|customer|customers|client|clients|person|persons|people|personal|member|members|contact|contacts|patient|patients|employee|
employees|staff|worker|workers|author|authors|subscriber|subscribers|lead|leads|guest|guests|attendee|attendees|student|students|teacher|teachers|pupil|parent|parents|guardian|
guardians|driver|drivers|passenger|passengers|owner|owners|tenant person|tenants|resident|residents|voter|voters|donor|donors|volunteer|volunteers|applicant|applicants|candidate|
candidates|doctor|doctors|physician|physicians|nurse|nurses|vet|vets|actor|actors|artist|artists|player|players|borrower|borrowers|patron|patrons|visitor|visitors|recipient|recipients|
buyer|buyers|seller|sellers|profile|profiles|admin|admins|administrator|administrators|agent|agents|manager|managers|supplier contact|beneficiary|beneficiaries|dependent|dependents|
participant|participants|speaker|speakers|adherent|adherents|benutzer|kunde|kunden|mitarbeiter|mitglied|mitglieder|person|personen|ansprechpartner|patienten|schuler|lehrer|
utilisateur|utilisateurs|client|personne|personnes|membre|membres|employe|employes|salarie|salaries|usuario|usuarios|cliente|clientes|persona|personas|empleado|empleados|paciente|pacientes|
alumno|alumnos|utente|utenti|clienti|persone|dipendente|dipendenti|paziente|pazienti|gebruiker|gebruikers|klant|klanten|persoon|medewerker|medewerkers|leden|utilizador|pessoa|pessoas|
funcionario|funcionarios|socpeople|mailbox|mailboxes|identities|identity|signup|signups|registration|registrations|enrollee|instructor|instructors|director|directors|crew|rider|riders|
insured|relative|relatives|individual|individuals|party person|salesperson|sales person|responder|contributor|contributors|sponsor person|coach|trainer|referee|judge`;

/** Tables that hold what people wrote or did: their free text is personal. */
export const speechTables = `upload|uploads|mime|timesheet|timesheets|timesheet item|timesheet items|attendance|attendances|sale|sales|interview|interviews|leave|leaves|leave request|leave requests|absence|absences|urlaub|urlaube|banned|reported|joinrequests|request|requests|reputation|reputations|abuse|outbox|inbox|mailqueue|mail queue|message queue|email queue|maillogs|mailerrors|mail errors|email errors|mailarchive|reclamation|reclamations|reclamacion|reclamaciones|beschwerde|beschwerden|avis|temoignage|temoignages|commentaire|commentaires|anfrage|anfragen|demande|demandes|solicitud|solicitudes|mensajes|messagerie|opinion|opinions|resena|resenas|bewertung|bewertungen|draft|drafts|audit|log|logs|auditlog|attachment|attachments|dictation|form dictation|comment|comments|message|messages|msg|msgs|chat|chats|mail|mails|email|emails|ticket|tickets|note|notes|review|reviews|order|orders|sales order|invoice|invoices|feedback|
conversation|conversations|inquiry|inquiries|enquiry|complaint|complaints|appointment|appointments|reservation|reservations|booking|bookings|visit|visits|consultation|consultations|treatment|
treatments|case|cases|incident|incidents|support|thread|threads|privmsgs|pm|pms|guestbook|testimonial|testimonials|report|reports|reports user|letter|letters|transaction|transactions|payment|payments|shipment|shipments|
quote|quotes|bestellung|bestellungen|auftrag|auftrage|rechnung|rechnungen|termin|termine|nachricht|nachrichten|kommentar|kommentare|commande|commandes|facture|factures|
message prive|pedido|pedidos|factura|facturas|cita|citas|ordine|ordini|fattura|fatture|bestelling|bestellingen|factuur|facturen|encomenda|fatura|session|sessions|encounter|encounters|prescription|
prescriptions|immunization|immunizations|history|insurance|log user|audit|donation|donations|application|applications|survey response|responses|submission|submissions|entry|entries|discussion|discussions|
post reply|replies|reply|ban|bans|warning|warnings|journal|diary|call|calls|activity|activities|vacation|autoresponder|sms`;
