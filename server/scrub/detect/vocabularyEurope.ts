import type { TransformerName } from '../plan.ts';

/**
 * As `phrases`, in Swedish, Danish, Norwegian, Finnish, Polish, Czech, Slovak, Hungarian, Romanian, Croatian, Turkish and Indonesian. Words
 * of fewer than four letters are left out: they are parts of others.
 */
export const phrasesEurope: Readonly<Partial<Record<TransformerName, string>>> = {
  email: `epost|epostadress|epostadresse|e postadress|mailadresse|sahkoposti|sahkopostiosoite|adres email|adres mail|emailova adresa|posta elektroniczna|eposta|e posta|alamat email`,
  givenName: `fornamn|fornavn|etunimi|imie|imie drugie|drugie imie|jmeno|krestni jmeno|krstne meno|meno|keresztnev|utonev|prenume|ime|nama depan|mellannamn|mellomnavn|mellemnavn|tilltalsnamn|kutsumanimi|kucuk adi`,
  familyName: `efternamn|efternavn|etternavn|sukunimi|nazwisko|nazwisko rodowe|prijmeni|priezvisko|vezeteknev|csaladnev|numefamilie|nume familie|prezime|soyad|soyadi|soyisim|nama belakang|nama keluarga`,
  fullName: `fullt namn|fulde navn|imie nazwisko|imie i nazwisko|imienazwisko|jmeno prijmeni|jmeno a prijmeni|teljes nev|nume prenume|ime prezime|ime i prezime|adsoyad|ad soyad|adi soyadi|kontaktperson|kontaktpersona|osoba kontaktowa|kontaktni osoba|kapcsolattarto|persoana contact|ilgili kisi|nama lengkap|nama pelanggan|nama siswa|nama pasien|nama karyawan|klient nazwa`,
  userName: `anvandarnamn|brugernavn|brukernavn|kayttajatunnus|kayttajanimi|nazwa uzytkownika|uzytkownik|uzivatelske jmeno|uzivatel|pouzivatel|felhasznalonev|felhasznalo|nume utilizator|utilizator|korisnicko ime|korisnik|kullanici adi|kullaniciadi|kullanici|nama pengguna|pengguna`,
  phone: `telefonnummer|mobilnummer|mobiltelefon|puhelin|puhelinnumero|matkapuhelin|telefon komorkowy|komorka|numer telefonu|telefonni cislo|telefon cislo|telefonne cislo|telefonszam|mobilszam|numar telefon|broj telefona|mobitel|telefon no|telefonno|ceptel|cep telefonu|nomor telepon|nomor hp|telepon`,
  street: `gatuadress|gateadresse|gadenavn|postadress|postadresse|vejnavn|katuosoite|osoite|lahiosoite|ulica|ulica numer|nr domu|nr mieszkania|ulice|cislo popisne|utca|hazszam|lakcim|cim utca|strada|adresa|adresa domiciliu|kucni broj|sokak|mahalle|alamat|alamat rumah`,
  city: `postort|bostadsort|poststed|bynavn|kaupunki|postitoimipaikka|paikkakunta|miasto|miejscowosc|miejsce zamieszkania|mesto|obec|varos|telepules|oras|localitate|grad mjesto|mjesto|sehir|ilce|kota|kecamatan|kelurahan`,
  postcode: `postnummer|postnr|postinumero|kod pocztowy|kodpocztowy|psc|smerovaci cislo|iranyitoszam|cod postal|postanski broj|posta kodu|postakodu|kode pos|kodepos`,
  birthDate: `fodelsedatum|fodselsdato|fodt|syntymaaika|syntymapaiva|data urodzenia|dataurodzenia|datum narozeni|datum narodenia|szuletesi datum|szuletesi ido|data nasterii|data nastere|datum rodenja|dogum tarihi|dogumtarihi|tanggal lahir|tgl lahir`,
  nationalId: `personnummer|personnr|cpr nummer|cprnr|fodselsnummer|henkilotunnus|hetu|pesel|rodne cislo|rodnecislo|taj szam|tajszam|szemelyi szam|jmbg|oib|tckimlik|tc kimlik|tc kimlik no|tcno|nomor ktp|no ktp`,
  taxNumber: `numer nip|adoszam|adoazonosito|vergi no|vergino|npwp|organisationsnummer nummer`,
  iban: `kontonummer|numer konta|cislo uctu|bankszamlaszam|cont bancar|broj racuna|hesap no|nomor rekening|no rekening`,
  passwordHash: `losenord|adgangskode|passord|salasana|haslo|heslo|jelszo|parola utilizator|lozinka|zaporka|sifre|kata sandi|katasandi`,
  company: `foretag|foretagsnamn|virksomhed|firmanavn|yritys|yrityksen nimi|nazwa firmy|nazev firmy|nazov firmy|cegnev|nume firma|naziv tvrtke|sirket|sirket adi|nama perusahaan`,
  text: `anteckning|anteckningar|beskjed|meddelande|melding|besked|huomautus|huomautukset|viesti|uwagi|wiadomosc|komentarz|tresc|poznamka|poznamky|zprava|sprava|megjegyzes|uzenet|observatii|mesaj|napomena|poruka|aciklama|yorum|keterangan|catatan|pesan`,
};

/** As `personTables`, in these languages. */
export const personTablesEurope = `kund|kunder|anstallda|anstalld|medarbejder|medarbejdere|ansatte|bruger|brugere|bruker|brukere|anvandare|medlem|medlemmer|medlemmar|elev|elever|
asiakas|asiakkaat|kayttaja|kayttajat|henkilo|henkilot|tyontekija|tyontekijat|klienci|pracownik|pracownicy|uzytkownik|uzytkownicy|osoba|osoby|pacjent|pacjenci|uczen|uczniowie|nauczyciel|nauczyciele|czytelnik|czytelnicy|
zakaznik|zakaznici|zamestnanec|zamestnanci|uzivatel|uzivatele|klienti|pacienti|pouzivatelia|ugyfel|ugyfelek|vasarlo|vasarlok|dolgozo|dolgozok|felhasznalo|felhasznalok|tanulo|tanulok|diak|diakok|
utilizatori|clienti|angajat|angajati|elevi|studenti|korisnik|korisnici|kupci|kupac|zaposlenici|radnik|radnici|kullanici|kullanicilar|musteri|musteriler|personel|calisan|calisanlar|ogrenci|ogrenciler|ogretmen|hasta|hastalar|
pelanggan|karyawan|pegawai|siswa|mahasiswa|guru|dosen|pasien|pengguna|anggota`;
