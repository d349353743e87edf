import { toAscii } from '../normalize.ts';
import { familyNames, givenNames } from '../values/names.ts';

/** As names are compared: without accents and case. */
export const foldName = (text: string): string =>
  (/[^a-z' -]/i.test(text) ? toAscii(text) : text).toLowerCase();

const fold = (names: readonly string[]): string[] => names.map(foldName);

/** Common given names beside those that replacements are drawn from, folded; words of everyday language (`may`, `will`) are left out. */
const moreGiven = `
aaron abigail aisha alan aleksandra alexander alexandra alexandre alfredo ali alison allison amanda amy anastasia andrew andrzej angelica anita ann annette annika anthony antoine antonio arthur
ashley austin bartosz beatrice bernard bernardo beth betty beverly bill bob bogdan bradley brandon brenda brian bruce bryan caitlin cameron carol catherine cathy charles cheryl christian christina christine
christoph christopher chloe cindy connor craig crystal curtis cynthia dale damien dan danielle darren dawn dean debbie debra denise dennis derek diane dmitri dominic donald donna dorothy douglas dylan ebony
eduard edward edwin eileen elaine eleanor elizabeth emily emma emmanuel eric erica erin estelle ethan eugene evan evelyn ewa fatma federico fernando francesca francesco francis francisco francois frederic
gareth gary gavin gemma geoffrey george gerald gerard gilles gillian giovanni giuseppe glenn gloria gonzalo gordon graham gregory guillaume guillermo gunther hannelore harold harry hassan heather hector helen henry
herbert holger howard hussein ian ibrahim ingo irina isaac isabella ivana jack jackie jacob jacqueline jaime jake james jamie janet janice jason javier jeanne jeff jeffrey jennifer jeremy jerome jerry jesse jessica
jesus jill jim jimmy joan joanne joe johan john johnny jonathan jordan jose joseph joshua joyce juan juanita judy julian juliette julie justin karen karim karin karl karol kate katarzyna katherine kathleen kathryn
kathy katie keith kelly kenneth kerstin kevin kim kimberly klaus krzysztof kurt kyle larry laura lauren laurence laurent lawrence lea leah leon leonardo leslie lewis liam linda lindsay lisa lorenzo lori louis
louise lucas lucia luis luisa lukas luke lydia lynn madison magdalena malik malte manuel marc marcel marcin marco marcus margaret margarita maria marie marilyn marina mario marion marjorie mark markus marta martha
martin martina marvin mary mateusz matheus mathieu matthew matthias maureen maurice max maxime megan mehmet melanie melissa mercedes michael michal michel michele michelle miguel mike mohamed mohammad mohammed monica
monika monique morgan muhammad murat mustafa nadia nancy natalia natalie nathalie nathan neil nicholas nicolas nicole nigel nina noah norman olga oliver olivia olivier omar oscar owen pablo pamela paola pascal patricia
patrick patty paul paula paulo pauline pedro peggy penny peter petra philip philippe phillip phyllis pierre piotr priya rachel rafael rahul raj ralph ramon randy raquel raul raymond rebecca regina renate rene ricardo
richard rita robert roberta roberto robin rodrigo roger roland ronald rosa rosemary roxanne ruben russell ruth ryan sabine salvador samantha samuel sandra santiago sara sarah scott sean sebastian sergei sergio shannon
sharon shawn sheila shirley silvia simon simone sofia sonia sophia sophie stefan stephanie stephen steve steven stuart sue susan susanne suzanne sven svetlana sylvia tamara tanja tanya tatiana teresa terry theodor
theresa thierry thomas tiffany tim timothy tina tobias todd tom tomasz tommy tony tracy travis tyler uwe valentina valerie vanessa vera vernon veronica victor victoria vincent virginia vivian vladimir walter wayne
wendy werner wilfried wilhelm william wolfgang xavier yolanda yusuf yves yvonne zachary zoe zuzana
aarav aditi aditya ajay akash amit anil anjali ankit arjun arun ashok deepak deepika divya gaurav gopal harish kavita kiran krishna lakshmi manish manoj meena mohan mukesh neha nikhil pooja pradeep prakash prashant rakesh ramesh ravi
rohit sachin sandeep sanjay sanjeev shreya sneha sunil sunita suresh vijay vikram vinod vishal
abdul abdullah ahmed amina bilal farid hamza hasan imran khadija khalid layla mahmoud maryam nasser noor rashid saeed salma samir sana tariq youssef zainab
adem ayse burak can cem deniz emine emre esra hakan halil hatice huseyin kemal mehmet merve oguz onur osman ozlem selin serkan tugba umut yasemin zeynep
agnieszka aleksander anita beata bozena dariusz dorota elzbieta gabriela grazyna grzegorz halina jadwiga janusz jaroslaw jerzy joanna jolanta kamil kinga leszek lukasz maciej malgorzata marek mariusz mieczyslaw miroslaw pawel
przemyslaw radoslaw rafal ryszard slawomir stanislaw szymon tadeusz teresa urszula waldemar wieslaw wojciech zbigniew zdzislaw zofia
jiri jaroslav ladislav frantisek milan miroslav pavel petr stanislav vaclav zdenek lenka hana jitka vera ludmila marketa tereza katerina
aleksei alexei andrei boris denis ekaterina elena galina igor ilya ivan kirill larisa ludmila maksim mikhail natalya nikita nikolai oksana oleg pavel roman ruslan sergey tatyana vadim valery viktor vitaly vyacheslav yulia yuri
bjorn erik gunnar hakan hans henrik ingrid jesper jorgen karin kirsten lars lasse lena magnus mats mette mikael morten niels nils ole olof per pernille rikke soren stig susanne svend tage torben ulf ulla
aino antti eero hannu heikki jari juha jukka kari laura liisa markku matti mikko minna paivi pekka pirjo risto sari seppo tapio timo tuula ville
attila balazs csaba eszter ferenc gabor geza gyorgy ildiko imre istvan janos jozsef judit katalin krisztina laszlo levente marta miklos peter sandor tamas tibor zoltan zsolt zsuzsanna
adrian andreea bogdan constantin cristian cristina dan dragos elena florin gabriel gheorghe ioana ion ionut liviu marius mihaela mihai mihail radu raluca sorin stefan vasile
agung agus ahmad andi bambang budi dewi dian eko hendra indah joko nur putri rini rizki siti slamet sri teguh wahyu wati yanti yulianti
akira hiroshi kenji takashi yuki sakura haruto yoko naoki keiko satoshi wei ming xiao ling jing yan hong jun li hui chen minh nguyen thanh linh huong tuan hoang somchai
adwoa chidi chinedu emeka kofi kwame ngozi nneka oluwaseun tunde thabo sipho
`;

/** Common family names, in the same way; names that are words or trades of everyday language too (`stone`, `cook`) are left out. */
const moreFamily = `
adams alexander ali allen anderson andersson andersen arnaud aubert bailey baker bauer becker bell bennett berger bernard bertrand bianchi blanc bonnet boyer braun brooks brown bruno bryant butler
campbell carter castillo castro chavez chevalier chen christensen clark colombo cooper conti cox cruz davies davis delgado diaz dietrich dubois dumont dupont durand edwards engel eriksson esposito evans
fernandez ferrari ferreira fischer flores fontaine foster fournier francois friedrich fuchs gallo garcia garnier gauthier gautier gerard giordano girard gomes gomez gonzales gonzalez graham graf greco griffin guerin
gupta gustafsson gutierrez haas hall hamilton hansen hansson hartmann harris harrison hayes heinrich henderson henry hernandez herrera herrmann hoffmann hofmann horn horvath howard huber hughes ivanov ivanova jackson jansen janssen
jansson jenkins jensen jimenez johansen johansson johnson johnston jones jorgensen kaiser karlsson kaya keller kelly kennedy khan kim klein koch kohler kovac kovacs kowalczyk kowalska kowalski kraus kristensen kruger kuhn
kumar kuznetsov lambert lang larsen larsson laurent lee lefebvre legrand lehmann leroy lewandowski lewis lombardi long lopes lopez ludwig maier mancini marchand marino marques martin martinez martins masson mayer medina mehta mendoza
meier mercier meyer miller mitchell moller moore morales moreau morel moreno moretti morgan morin morris muller munoz murphy murray myers nagy nelson neumann nguyen nielsen nilsson nowak olsen olsson ortega ortiz otto
parker patel pedersen pereira perez perrin perry peters petersen peterson petrov pham phillips popescu powell ramirez ramos rasmussen reed reyes reynolds ribeiro ricci richards richardson richter rivera rizzo roberts robinson rodrigues rodriguez
rogers romano romero ross rossi rousseau roux ruiz russo ryan sanchez sanders santos sato scholz schmid schmidt schmitt schmitz schneider schroder schubert schulte schulz schulze schumacher schuster schwarz seidel sharma silva simmons
simon singh sjoberg smith smirnov sorensen sousa stein stewart suarez sullivan suzuki svensson szabo tanaka taylor thomas thompson thomsen torres toth tran turner vargas vasquez vincent vogel vogt volkov wagner walker wang watson weber
weiss werner white williams wilson winkler winter wolf wood wozniak wright yadav yilmaz zhang zimmermann demir celik sahin ozturk aydin arslan novak novakova svoboda dvorak cerny prochazka kucera vesely horak nemec popovic
jovanovic petrovic markovic nikolic korhonen virtanen makinen nieminen makela hamalainen laine heikkinen koskinen jarvinen
gruber pichler steiner moser hofer leitner berger fuchs eder mueller schaefer koenig boehm krueger lindberg lindstrom bergstrom bakker visser smit meijer mulder bos vos peeters maes jacobs mertens willems claes wouters
mccarthy mcdonald obrien oconnor oneill macdonald fitzgerald wisniewski wojcik kaminski zielinski szymanski dabrowski kozlowski jankowski mazur krawczyk piotrowski grabowski
`;

const split = (text: string): string[] => text.split(/\s+/).filter(word => word !== '');

export const knownGiven: ReadonlySet<string> = new Set([...fold(givenNames), ...split(moreGiven)]);
export const knownFamily: ReadonlySet<string> = new Set([...fold(familyNames), ...split(moreFamily)]);
