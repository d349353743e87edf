import type { LabelledColumn } from './scrubLabels.ts';
import { isValueKind, type ValueKind } from './scrubValues.ts';

type Rule = readonly [ValueKind, RegExp];

/** What a personal column holds, where its label does not say: by plain words of its name, as a reader takes them. */
const personal: readonly Rule[] = [
  ['email', /mail|correo|courriel|surel/],
  ['agent', /agent|browser/],
  ['password', /pass|pwd|kennwort|contrase|clave|mdp|senha/],
  ['token', /token|secret|key|hash|sess|salt|sid$|activation|otp|confirm|code$|cookie|nonce|cert/],
  ['ip', /(^|_)ip|ip(_|$)|ipaddr|addr_?ip|hostname/],
  ['birth', /birth|dob|geb|naiss|nacim|bday/],
  ['phone', /phone|tel(_|$|e)|fax|mobil|cell|handy|gsm|portable|movil|msisdn|hp$/],
  ['given', /first|vorname|prenom|given|fname|middle|nick/],
  ['family', /last_?name|nachname|surname|family|lname|apellido|cognome|achternaam|maiden/],
  ['user', /user|login|uname|_by$|usuario|benutzer/],
  ['postcode', /zip|post_?code|postal|plz|cp$/],
  ['street', /street|addr|adres|stra|rue|calle|line\d/],
  ['city', /city|ort$|stadt|ville|ciudad|town|district|place|location/],
  ['iban', /iban/],
  ['account', /account|konto|bank/],
  ['card', /card|ccnum/],
  ['number', /ssn|dni|cnp|cpf|tax|vat|passport|licen|number|_no$|num$|id$/],
  ['geo', /lat|lon|lng|geo/],
  ['company', /company|firma|organi|societe|empresa|employer/],
  ['picture', /photo|picture|avatar|image|img|foto/],
  ['homepage', /url|website|homepage|web/],
  ['handle', /icq|aim|yim|msn|skype|twitter|facebook|jabber|linkedin|github/],
  ['file', /file/],
  ['faith', /religion|race|ethnic|blood/],
  ['name', /name|nom|autor|author|contact|owner|patient|arzt|doctor|sender|from|spouse|guardian|poster/],
];

/** What a column of things holds. */
const things: readonly Rule[] = [
  ['uuid', /uuid|guid|(^|_)id$/],
  ['checksum', /sha1|md5|checksum|hash/],
  ['media', /mime/],
  ['colour', /colou?r/],
  ['version', /version/],
  ['zone', /timezone|time_?zone|_tz$/],
  ['locale', /lang|locale/],
  ['currency', /currency/],
  ['country', /country|pays|land$/],
  ['state', /state$|province|region|county/],
  ['date', /date|time$|timestamp|_at$|expir|_on$/],
  ['slug', /slug|alias|uri$/],
  ['address', /url|link|href|website/],
  ['path', /path|file|dir$|image|icon|logo|img/],
  ['sql', /sql|query|where/],
  ['job', /job|title_of|position/],
  ['host', /host|domain|server/],
  ['log', /log|error|trace/],
  ['setting', /value|setting|config|option|param|data$|default/],
  ['key', /key|field|column|table|module|class|attribute|property|plugin|handler/],
  ['code', /code|number|serial|sku|ref|num$|barcode/],
  ['count', /count|amount|price|total|qty|quantity|size|length|width|height|order|sort|position|min|max/],
  ['choice', /status|type|mode|level|category|kind|flag|gender|sex|format|method|visible|active|enabled/],
  ['title', /title|subject|heading|caption|question/],
  ['label', /name|label|display|term/],
];

/** The kind of a column's values. Where nothing says, personal values say nothing either; things have words. */
export function valueKindOf(column: LabelledColumn): ValueKind | undefined {
  if (column.kind !== undefined) {
    if (!isValueKind(column.kind)) throw new Error(`no values of the kind ${column.kind} (${column.name})`);
    return column.kind;
  }
  if (/^(?:int|bigint|date|decimal|double|float)/.test(column.dataType)) return undefined;
  const name = column.name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
  const isLong = /text|json/.test(column.dataType) && column.dataType !== 'tinytext';
  if (/blob|binary/.test(column.dataType) && !column.personal) return undefined;
  if (column.personal) {
    if (isLong || /note|comment|remark|message|reason|body|subject|text|desc/.test(name)) return 'remark';
    return personal.find(([, words]) => words.test(name))?.[0] ?? 'nobody';
  }
  if (isLong) return /value|data|config|setting|param|option|serial|cache/.test(name) ? 'document' : 'markup';
  if (/desc|summary|text|help|note|comment/.test(name)) return 'prose';
  return things.find(([, words]) => words.test(name))?.[0] ?? 'words';
}
