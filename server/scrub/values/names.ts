/**
 * Names that replacements are drawn from: common given and family names of Europe and the Americas, unpaired with any
 * real person. The order is part of the rule's version: to change the lists is to change every replacement. At most ten
 * letters each, Latin-1 only, so that they fit latin1 columns and short ones.
 */
export const givenNames: readonly string[] =
  `Ada Adam Adrian Agnes Aileen Alba Albert Alejandro Alena Alessia Alex Alfred Alice Alina Alma Alois Amalia Amelie Amir
Amelia Ana Anders André Andrea Angela Anja Anna Anne Anton Antonia Ariane Arne Arno Astrid Audrey Aurora Axel Barbara Bastian
Beate Beatriz Benedikt Benjamin Bernd Berta Bianca Birgit Björn Blanca Boris Brigitte Bruno Camila Carina Carl Carla Carlos
Carmen Caroline Caspar Cecilia Celia Charlotte Chiara Chloé Chris Clara Claudia Clemens Conrad Cora Cornelia Cosima Dagmar Daniel
Daniela Dario David Deborah Denis Diana Diego Dieter Dirk Dominik Dora Doris Edgar Edith Eduardo Elena Eleni Elias Elif Elisa
Elke Ella Ellen Elsa Emil Emilia Emma Enrico Enzo Erik Erika Ernst Esther Eugen Eva Fabian Fatima Felipe Felix Filipa Finn
Fiona Flora Florian Frank Franka Franz Frida Fritz Gabriel Gabriele Georg Gerda Gerhard Gianna Gisela Giulia Gloria Greta Gudrun
Gustav Hana Hannah Hanno Harald Hedwig Heike Heiner Helena Helga Helmut Henri Henrik Hugo Ida Ignaz Ilse Ines Inga Ingrid Irene
Iris Isabel Isak Ivan Jakob Jan Jana Janine Jannis Jean Jens Joana João Joel Johanna Jonas Jorge Josef Judith Julia Julian Juliette
Justus Kai Karin Karl Karla Katja Kevin Kira Klara Klaus Konrad Kristina Kurt Lara Lars Laura Lea Leander Lena Leo Leonie Leopold
Lidia Lilian Linda Linus Lisa Livia Lorenz Lotte Louis Louise Luca Lucia Ludwig Luis Luise Lukas Lydia Maja Manuel Mara Marc Marcel
Margit Maria Marie Marina Mario Marlene Marta Martin Mateo Mathis Matilde Max Maya Melina Merle Mia Michael Mila Mina Mira Moritz
Nadia Natalie Nele Nia Nicole Niklas Nils Nina Noah Noelia Nora Norbert Oda Olaf Olga Oliver Olivia Oskar Otto Paloma Pascal Paul
Paula Pauline Pavel Pedro Peer Pia Pierre Pilar Rafael Raquel Rebecca Regina René Renate Ricardo Rita Robert Robin Roger Romy Ronja
Rosa Rosalie Ruben Rudolf Ruth Sabine Salma Samuel Sandra Sara Sascha Selma Sibylle Sigrid Silas Silvia Simon Sofia Sonja Stefan
Stella Sven Svenja Tabea Tamara Tanja Teresa Theo Theresa Thilo Thomas Tilda Till Tim Timo Tina Tobias Tom Toni Ulla Ulrich Ursula
Ute Valentin Vanessa Vera Verena Veronika Victor Viola Volker Walter Wanda Werner Wiebke Wilma Xaver Yann Yara Yasmin Yves Zita Zoé`.split(
    /\s+/,
  );

export const familyNames: readonly string[] =
  `Abel Achenbach Ackermann Adler Ahlers Albrecht Almeida Alonso Altmann Amann Anders Appel Arnold Aubert Auer Bach Bader Baier
Balzer Barbosa Barth Bauer Baum Baumann Bayer Beck Becker Behrens Bellini Benoit Berg Berger Bernard Bertram Beyer Bianchi Binder Bischof
Blanc Blanco Blum Bock Böhm Bonnet Borges Born Bosch Bourgeois Brandt Braun Breuer Brinkmann Bruno Brunner Buchholz Büchner Burger Busch
Butler Cabrera Caldwell Calvo Campos Carlson Caron Carter Castro Chapman Chevalier Christ Clarke Clement Colombo Conrad Conti Cordes Correia
Costa Cox Crespo Cruz Dahl Daniels Decker Deluca Denis Dias Diaz Dick Diehl Diez Dietrich Dietz Dixon Döring Dorn Drechsler Dubois Dufour
Dumas Dupont Durand Ebert Eckert Edwards Eggers Ehlers Eichhorn Ellis Engel Erdmann Ernst Esposito Esteves Evans Fabian Falk Faure Feldmann
Ferrari Ferreira Fiedler Fink Fischer Fleming Flores Fonseca Fontaine Forster Foster Fournier Franke Frey Fricke Friedrich Fritsch Fröhlich
Fuchs Fuentes Gallo Garnier Gärtner Gebhardt Geiger Gerlach Giesen Giordano Girard Glaser Göbel Gonçalves Götz Graf Greco Greene Groß
Gruber Günther Guerra Gutmann Haas Hahn Hamann Hansen Harms Harris Hartmann Hauser Heine Heinrich Heller Henning Herbst Hermann Herrera
Herzog Hess Hesse Hidalgo Hilbert Hinz Hoffmann Holm Holz Hoppe Horn Huber Hübner Hughes Humbert Hunt Iglesias Jäger Jahn James Janssen
Jenkins Jensen Joly Jordan Jost Jung Jürgens Kaiser Kaufmann Keller Kellner Kern Kessler Kirsch Klein Klemm Kluge Knoll Koch Köhler König
Konrad Kraft Kramer Krause Kremer Krüger Kuhn Kühne Kunz Lacroix Lambert Lang Lange Larsen Lechner Legrand Lehmann Leitner Lemaire Lenz
Leroux Lewis Lima Linde Lindner Lombardi Lopes Lorenz Lucas Ludwig Lutz Maas Machado Mahler Maier Manz Marchand Marino Marques Martens
Martinez Martini Marx Mason Masson Matos Maurer Mayer Medina Meier Meister Mendes Menzel Mercier Merkel Merten Metzger Meunier Meyer Michel
Miller Möller Monteiro Moore Morales Moreau Moretti Moritz Morris Moser Müller Munoz Muth Nagel Navarro Neumann Neves Noack Nolte Nowak
Nunes Oliveira Olson Opitz Orlando Ortega Ortiz Otto Pabst Pacheco Palmer Parker Pascal Paul Pellegrini Pereira Perrin Peters Petersen
Petit Pfeiffer Philipps Picard Pinto Pohl Porter Prieto Probst Quast Quinn Radtke Ramos Rauch Reimann Reinhardt Reis Renard Renner Reuter
Ribeiro Richter Riedel Rinaldi Ritter Rivera Rizzo Roberts Robin Rocha Roche Röder Rogers Rojas Romano Romero Rossi Roth Roussel Rubio
Rudolph Ruiz Russo Sanders Santoro Santos Sauer Schäfer Schenk Scherer Schilling Schmitz Scholz Schreiber Schubert Schulte Schultz Schuster
Schwarz Seidel Serrano Siebert Siemens Silva Simon Simpson Soares Sommer Soto Sousa Spencer Stahl Stark Stein Steiner Stevens Stoll Storm
Strauß Stummer Suarez Teixeira Thiele Thoma Thomas Torres Turner Ulrich Unger Urban Valente Vargas Vasquez Vega Vidal Villa Vincent Vogel
Vogt Voigt Volk Wagner Walker Wallner Walter Weber Wegener Weiß Wendt Wenzel Werner Wiese Wilhelm Wimmer Winkler Winter Wirth Witt Wolf
Wolff Wright Wulf Young Zander Zeller Ziegler Zimmer Zorn`.split(/\s+/);
