const set = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** What is said of a person and points at nobody alone: gender, language, a title, a rank. */
export const attributeWords = set(`
state province country county region land pays pais paese kraj stat nation nationality continent gender sex geschlecht sexe sexo genero sesso titre titel
title salutation anrede civilite tratamiento saluto suffix prefix language lang langue sprache idioma lingua locale culture currency timezone tz theme
skin layout style color colour job jobtitle function beruf metier occupation position department dept division grade level rank rating score degree
education qualification major subject faculty program programme course class section semester term shift team house designation specialty speciality
specialization relationship relation marital status state type kind category role permissions permission access plan package membership source medium
campaign origin channel device platform os system version build engine model brand species breed size width height weight shape format unit currency
frequency period year month day week date time timestamp weekday hour minute duration from until since expiry
gateway method carrier provider driver scheme algorithm software website site homepage industry sector branch segment visibility privacy
age edad alter eta genre genero edo estado statut estatus estadocivil civility civilite cargo puesto profession profesion rolle rol role roles categoria categorie
gruppe groupe grupo salario salary gehalt sueldo skill skills mode model pdf canvas services servicio escola school schule hospital
montant monto importe betrag preis prix precio prezzo bedrag kwota cena amount total sum price cost talla taille prioridad priority tongue kelas mapel
citizenship nationalite nacionalidad attainment network subscription
usergroup groups usergroups displaygroup dateformat timeformat pagination sortby view tab tabs dashboard columns widget widgets menu css font icon slug uri permalink`);

/** What a code, a key or a path says at the end of a name. */
export const codeWords = set(`
code codes key keys slug hash md5 sha1 checksum sum guid uuid uid iid path dir url uri link links href file ext extension mime type class table model object entity
controller action method route module plugin theme template tpl css js sql query where expression formula regex pattern currency language lang locale country state status
flags bitfield permissions params parameters options settings config configuration preferences prefs rights ids list tree parents cache serialized
version color colour icon format timezone hash date time year month day created updated modified deleted start end`);

/** Free text, in any table of somebody's. */
export const topicWords = set(`
title subject headline heading topic betreff titel titre objet asunto oggetto onderwerp assunto comment comments note notes remark remarks message text body content description desc detail details
reason memo summary abstract answer answers question response feedback opinion review caption motive justification explanation statement story
notiz bemerkung kommentar nachricht beschreibung grund remarque commentaire description motif nota observaciones comentario mensaje descripcion motivo
osservazioni commento messaggio descrizione opmerking bericht omschrijving reden observacao mensagem descricao uwagi opis komentarz poznamka popis
beskrivning beskrivelse kommentarer notat aciklama mesaj yorum keterangan catatan pesan tresc wiadomosc opmerkingen`);

/** Words of people about whatever the table is of. */
export const remarkWords = set(`
comment comments note notes remark remarks memo message messages reason feedback notiz notizen bemerkung bemerkungen kommentar kommentare nachricht anmerkung anmerkungen remarque remarques commentaire
commentaires motif nota notas observaciones observacion observations comentario comentarios mensaje motivo commento commenti osservazioni messaggio opmerking opmerkingen
notitie observacao observacoes mensagem uwagi komentarz poznamka poznamky kommentarer notat aciklama yorum keterangan catatan`);

/** Alone they say who, or hold a key. */
export const whoWords = set(`
collaborator collaborators author authors owner user creator editor sender recipient assignee assigned reporter requester requestor reviewer approver uploader submitter poster moderator operator
responsible technician engineer inspector auteur autor autore autori verfasser besitzer bearbeiter proprietaire propietario boss assistant chief principal leader usuario utente gebruiker benutzer utilisateur`);

/** What tables about people are called, too, and that does not say who: `user_profile`. */
export const notWho = set(`
address addresses adresse adressen adresses direcciones indirizzi adressenbuch addressbook account accounts profile profiles mailbox mailboxes identity identities signup signups
registration registrations personal staff crew people leads lead driver drivers agent agents parent party person player host family address`);
