"""The genres' spellings: data, in the order of the ID3v1 list, then the aliases people write."""

ID3V1 = """\
Blues|Classic Rock|Country|Dance|Disco|Funk|Grunge|Hip-Hop|Jazz|Metal|New Age|Oldies|Other|Pop|R&B|Rap|Reggae|Rock
Techno|Industrial|Alternative|Ska|Death Metal|Pranks|Soundtrack|Euro-Techno|Ambient|Trip-Hop|Vocal|Jazz-Funk|Fusion
Trance|Classical|Instrumental|Acid|House|Game|Sound Clip|Gospel|Noise|Alternative Rock|Bass|Soul|Punk|Space|Meditative
Instrumental Pop|Instrumental Rock|Ethnic|Gothic|Darkwave|Techno-Industrial|Electronic|Pop-Folk|Eurodance|Dream
Southern Rock|Comedy|Cult|Gangsta Rap|Top 40|Christian Rap|Pop-Funk|Jungle|Native American|Cabaret|New Wave|Psychedelic
Rave|Showtunes|Trailer|Lo-Fi|Tribal|Acid Punk|Acid Jazz|Polka|Retro|Musical|Rock & Roll|Hard Rock|Folk|Folk Rock
National Folk|Swing|Fast Fusion|Bebop|Latin|Revival|Celtic|Bluegrass|Avant-Garde|Gothic Rock|Progressive Rock
Psychedelic Rock|Symphonic Rock|Slow Rock|Big Band|Chorus|Easy Listening|Acoustic|Humour|Speech|Chanson|Opera
Chamber Music|Sonata|Symphony|Booty Bass|Primus|Porn Groove|Satire|Slow Jam|Club|Tango|Samba|Folklore|Ballad
Power Ballad|Rhythmic Soul|Freestyle|Duet|Punk Rock|Drum Solo|A Cappella|Euro-House|Dancehall|Goa|Drum & Bass
Club-House|Hardcore|Terror|Indie|Britpop|Afro-Punk|Polsk Punk|Beat|Christian Gangsta Rap|Heavy Metal|Black Metal
Crossover|Contemporary Christian|Christian Rock|Merengue|Salsa|Thrash Metal|Anime|J-Pop|Synthpop|Abstract|Art Rock
Baroque|Bhangra|Big Beat|Breakbeat|Chillout|Downtempo|Dub|EBM|Eclectic|Electro|Electroclash|Emo|Experimental|Garage
Global|IDM|Illbient|Industro-Goth|Jam Band|Krautrock|Leftfield|Lounge|Math Rock|New Romantic|Nu-Breakz|Post-Punk
Post-Rock|Psytrance|Shoegaze|Space Rock|Trop Rock|World Music|Neoclassical|Audiobook|Audio Theatre
Neue Deutsche Welle|Podcast|Indie Rock|G-Funk|Dubstep|Garage Rock|Psybient"""

# One line per genre: the house's spelling, then what people write. Case, spaces and punctuation do not matter.
WRITTEN = """\
Hip-Hop: hiphop, hiphoprap, raphiphop, hiphopandrap
R&B: rb, rnb, randb, rhythmandblues, rhythmnblues, rhythmblues, contemporaryrb, rbcontemporary
Drum & Bass: drumbass, drumnbass, drumandbass, dnb, db
Rock & Roll: rockroll, rocknroll, rockandroll
Alternative Rock: altrock, alternrock, alternativerock, rockalternative
Alternative: alt, alternative, alternativemusic
Lo-Fi: lofi, lowfi, lofihiphop, lofibeats
Soundtrack: soundtracks, ost, originalsoundtrack, score, filmscore, filmmusic, moviesoundtrack, bandeoriginale
Electronica: electronica
Electronic: electronic, electronicmusic, elektronisch, electronique
EDM: edm, electronicdancemusic
Indie: indie, indiemusic
Indie Rock: indierock
Indie Pop: indiepop
Indie Folk: indiefolk
Dream Pop: dreampop
Synthwave: synthwave, retrowave, outrun
Vaporwave: vaporwave, vapourwave
Synthpop: synthpop, synthiepop, technopop
Trip-Hop: triphop
Post-Punk: postpunk
Post-Rock: postrock
Hard Rock: hardrock
Folk Rock: folkrock
Pop Rock: poprock
Prog Metal: progmetal, progressivemetal
Progressive Rock: prog, progrock, progressiverock
Psychedelic Rock: psychrock, psychedelicrock
Nu Metal: numetal
Deep House: deephouse
Tech House: techhouse
UK Garage: ukgarage, ukg
Future Bass: futurebass
Singer-Songwriter: singersongwriter, singersongwriters
World Music: world, worldmusic, worldbeat
Classical: classical, classicalmusic, klassik, classique, clasica
Avant-Garde: avantgarde
A Cappella: acappella, acapella
J-Pop: jpop, japanesepop
J-Rock: jrock
K-Pop: kpop, koreanpop
C-Pop: cpop
Latin: latin, latinmusic, latino
Bossa Nova: bossanova, bossa
MPB: mpb, musicapopularbrasileira
New Age: newage
Heavy Metal: heavymetal
Dancehall: dancehall
Downtempo: downtempo, downbeat
Chillout: chillout, chill
Christmas: christmas, xmas, christmasmusic, holiday
Children's Music: childrens, childrensmusic, kids, kidsmusic
Spoken Word: spokenword, spoken
Audiobook: audiobook, audiobooks, hoerbuch, hörbuch
Podcast: podcast, podcasts
Video Game Music: videogamemusic, gamemusic, vgm, videogame
Chiptune: chiptune, chiptunes, 8bit
Neo-Soul: neosoul
Afrobeat: afrobeat
Afrobeats: afrobeats
Reggaeton: reggaeton, reggaetón
IDM: idm, intelligentdancemusic
EBM: ebm, electronicbodymusic"""

UNTOLD = """\
unknown unknowngenre other others genre none null nil na undefined unclassified unclassifiable unspecified
misc miscellaneous various default blank notset nogenre untitled"""
ONE_GENRE_WITH_A_SLASH = {"hiphoprap", "raphiphop", "singersongwriter"}


def _key(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())


_ID3V1_NAMES = ID3V1.replace("\n", "|").split("|")
JUNK = {"", *UNTOLD.split()}
ID3V1_GENRES = {str(number): name for number, name in enumerate(_ID3V1_NAMES)} | {"RX": "Remix", "CR": "Cover"}
ALIASES = {_key(name): name for name in _ID3V1_NAMES} | {
    key: line.partition(": ")[0] for line in WRITTEN.split("\n") for key in line.partition(": ")[2].split(", ")
}
