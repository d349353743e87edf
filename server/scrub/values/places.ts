/** Invented or ubiquitous street names; the house number is drawn beside. */
export const streets: readonly string[] =
  `Ahornweg|Akazienallee|Amselweg|Bahnhofstraße|Birkenweg|Blumenstraße|Brückenstraße|Buchenweg|Dorfstraße|Eichenallee|Erlenweg|Eschenweg
Feldstraße|Finkenweg|Fliederweg|Gartenstraße|Goethestraße|Hafenstraße|Heideweg|Hochstraße|Holunderweg|Jahnstraße|Kastanienallee|Kirchweg|Lerchenweg
Lindenstraße|Marktplatz|Meisenweg|Mittelweg|Mozartstraße|Mühlenweg|Nelkenweg|Parkstraße|Ringstraße|Rosenweg|Schillerstraße|Schulstraße|Seestraße
Sonnenweg|Talstraße|Tannenweg|Tulpenweg|Uferweg|Ulmenweg|Veilchenweg|Waldstraße|Weinberg|Wiesenweg|Zedernweg|Ziegelei
Abbey Road|Acacia Avenue|Birch Lane|Bridge Street|Cedar Court|Cherry Lane|Chestnut Drive|Church Lane|Elm Street|Garden Row|Green Lane|Grove Road
High Street|Hill View|Hollow Way|Juniper Court|Kings Road|Lake Drive|Laurel Lane|Linden Avenue|Maple Street|Meadow Lane|Mill Road|Oak Avenue|Orchard Way
Park Lane|Pine Street|Poplar Road|River Walk|Rose Court|School Lane|Spring Gardens|Station Road|Sycamore Drive|Valley View|Walnut Street|Willow Way
Rue Basse|Rue Haute|Rue de la Gare|Rue des Lilas|Rue du Moulin|Rue du Parc|Via Roma|Via Verdi|Via del Sole|Calle Mayor|Calle Nueva|Calle del Río|Kerkstraat
Molenweg|Dorpsstraat|Rua Direita|Rua Nova|Rua das Flores|Storgatan|Skolgatan`.split(/[|\n]/);

export const cities: readonly string[] =
  `Adelsheim|Altenfeld|Arborfield|Ashbourne|Auerbach|Avonlea|Bad Linden|Beaulieu|Belmonte|Bergheim|Birkenau|Blankenburg|Bonneville|Bridgeton|Brookfield
Burgstadt|Campo Alto|Castelnuovo|Cedarville|Chantilly|Clairmont|Clearwater|Coldwater|Cresswell|Dornbach|Dunmore|Eastbrook|Edelhausen|Ehrenfeld|Eichstätt
Elmhurst|Ettenheim|Fairhaven|Falkenberg|Felden|Fontenay|Fredericton|Freiburgen|Friedau|Fuente Clara|Glendale|Goldbach|Granville|Greenford|Grünau|Hafenau
Halden|Harrow Hill|Hartford|Haslach|Heidenau|Hillsboro|Hochdorf|Hollybrook|Irvington|Kaltenbach|Kirchberg|Klarafeld|Königshof|Lakewood|Langenau|Laufen
Lindau|Longmont|Loretto|Marbach|Mariental|Mayfield|Meersburg|Mill Valley|Monteverde|Mühldorf|Neuburg|Neustadt|Newbridge|Norden|Northfield|Oakridge
Oberau|Oldenfelde|Orsay|Ottersberg|Palmeira|Pinehurst|Pontivy|Port Clare|Rabenau|Redhill|Ribeira|Riverside|Rocca Nuova|Rosenheim|Rotherham|Saint Aubin
San Lorenzo|Santa Clara|Schönau|Seefeld|Silver Lake|Sommerau|Springfield|Steinbach|Stonebridge|Sundal|Tannheim|Thornton|Torrealta|Trelawny|Unterberg
Valmont|Vila Verde|Villanova|Waldheim|Walden|Weilburg|Weston|Wildau|Winterberg|Woodstock|Zellhausen`.split(
    /[|\n]/,
  );

export const companyWords: readonly string[] =
  `Analytics Apparatebau Atelier Bau Beratung Biotech Chemie Concept Consulting Design Digital Dynamics Elektro Energie Engineering Express
Fashion Finance Foods Gartenbau Handel Holding Immobilien Industries Instruments Labs Logistik Maschinen Media Medical Metall Mobility
Optik Partner Pharma Print Services Software Solar Solutions Studio Systems Technik Textil Touristik Trading Transport Ventures Verlag Works`.split(
    /\s+/,
  );
