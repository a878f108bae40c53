"""Values as people have them, which must come back as they are and without a word about it."""

from __future__ import annotations

_ENGLISH = """
Ada|Mary Ann|O'Brien|O’Brien|D’Arcy|McDonald|Jean-Luc|J. R. R. Tolkien|Smith & Sons|AT&T|M&S
R&D|Q&A|Tom & Jerry|Marks & Spencer|Barnes & Noble;|A&B;C|AC/DC|a+b|C++|1+1=2|x=y|a=b&c=d
E=mc²|3 × 4|10÷2|5 m²|100%|50%|50%25|100%25|50% off|50% off % sale|100% cotton|5%10%15%
10%20%30|SAVE%20|%|%%|100 % real|%20|99.9%|0%-5%|+10%|20% & more|10%–20%|½ off|¼ lb|20°C
68 °F|£50|€12.50|12,00 €|¥1000|$12|US$5|5¢|“quoted”|‘single’|«guillemets»|Acme®|Acme™|© 2026
Nº 5|1º|1ª|§ 5|¶|† 1987|naïve|café|résumé|Beyoncé|Zoë|Chloë|Renée|Café…|Caffè…|“Café”
“Café…”|Café™|Café®|Café—Bar|Café–Bar|a…b|#1|@ada|ada@example.org|user+tag@example.org
https://example.org/a%20b.png|https://example.org/?a=1&b=%C3%A9|www.example.org/a%20b
/img/a%20b.png|a/b%20c|mailto:a%20b@example.org|{"a":"b%20c"}|[{"title":"One & two"}]|{}
[sic]|<b>|a < b & b > c|&|& Co|A & B &|;|&;|R&D; and more|AT&T;|Q&A;|50%;|3D|3D printing
3DAda|=3D|a=3Db|amp|amp;|ampere;|lt;|#39;|&#|&x;|&unknown;|100%FACTS|50%DEAL|Sale 20%EUR|A%
%A|%ZZ|%4|%41|%61bc|1%2|-|_|...|…|'|"|`|~|^|\\|/|?|first_name|Ada=Bob
"""

_GERMAN = """
Jörg|Müller|Weiß|Groß|Straße|Fuß…|Fuß… und Gruß…|Spaß–Gruß–|GROẞ|Ärger|Öl|Übung|ÄÖÜ|äöü|Ä|Ö
Ü|ß|MÜLLER|Özil|SCHÖN®|„Schön“|»Schön«|›Schön‹|„GROß“|Größe: 38|O'Brien & Söhne
Händel & Söhne GmbH|Köln–Düsseldorf
"""

_PORTUGUESE = """
SÃO PAULO|São Paulo|JOÃO|João|MAÇÃ|maçã|MANHÃ|manhã|IRMÃ|AVELÃ|ROMÃ|LÃ|FÃ|CRISTÃ|ALEMÃ
MANHÃ…|MANHÃ… TARDE|“IRMÃ”|IRMÃ”|“MANHÃ|MANHÃ–TARDE|MANHÃ—TARDE|MANHÃ–bom dia|MANHÃ—bom dia
MANHÃ®|LÃ®|LÃ™|LÃ™ LÃ®|FÃ»|«FÃ»|AMANHÃ’S|IRMÃ‘|MAÇÃ…|NÃO…|Não…|CORAÇÃO|coração|ÂNGELA|Ângela
CÂMARA|AVÓ|AVÔ|Nº|1ª|AMANHÃ…mas|FÃ  |FÃ N.º 1|CONCEIÇÃO|Conceição|ÓRFÃ…|ÓRFÃ”|PÃO & VINHO
“SÃO JOÃO”|É…|CAFÉ»|CAFÉ…mais|CAFÉ—bien|LE CAFÉ…|CAFÉ® CAFÉ®
"""

_FRENCH = """
Île-de-France|ÎLE|Noël|NOËL|Œuvre|œuf|Ça va|ÇA VA|déjà|« déjà »|« déjà »|déjà »|voilà…|à|À
où|Où|garçon|GARÇON…|L’Haÿ-les-Roses|Élodie|ÉLODIE|Éloïse|ÉTÉ|été…|«Été»|Août|crème brûlée
FENÊTRE|ÊTRE…|CRÊPE–SUZETTE|Â|â|Âme
"""

_NORDIC = """
Åse|ÅSE|Å|å|Å…|Å™|blå…|«blå»|“blå”|Ærø|ÆRØ|Øyvind|ØYVIND|Jäätelö|Hämäläinen|HÄMÄLÄINEN|yö…
Sjöberg|SJÖ®|Þór|Ðórður|Þorbjörg|ÞÓR…|Ísland|Björk Guðmundsdóttir|Málmur|nå…|på «nå»|BLÅ…
BLÅ… BLÅ…|SMÅ–STOR|Malmö–Århus
"""

_SPANISH = """
Peña|PEÑA|Núñez|¿Qué?|¡Hola!|¿Cómo estás?|MAÑANA…|AÑO–NUEVO|Ñandú|Íñigo|ÍÑIGO|pingüino
Málaga|MÁLAGA|Mª Ángeles
"""

_EASTERN = """
Łukasz|Wiśniewski|Wałęsa|Żółć|ŻÓŁĆ|Zażółć gęślą jaźń|Dvořák|Škoda|Žižek|Čapek|Ůža|ŠKODA…
Petőfi|Erdős|Őr|Ștefan|Țara|PÂNĂ…|Ionuț|Đorđe|Đurđić|Ğül|İstanbul|Işık|Şule|ÇAĞRI|Gülşen|Õun
jäääär|Ünüõu|Ķekava|Ģirts|Ėgle|Ąžuolas
"""

_ELSEWHERE = """
Иван|Екатерина Великая|Київ|Ђорђе|Ελλάδα|Αθήνα…|Γιώργος|مرحبا|محمد|שלום|דוד|北京|東京
山田太郎|김철수|ประเทศไทย|नमस्ते|Nguyễn|Trần Thị Hương|ĐẶNG|Hồ Chí Minh|olá»…|தமிழ்|ქართული
Հայաստան|አማርኛ|🎉|👩‍👩‍👧|Ada 🎉|日本語…|“日本”|—|“Иван”|«Иван»|Иван…|Zoë Иван|Žofie–Čapek
Ḥasan|Kōbe|Tōkyō|Wrocław – Łódź|à côté|Ångström|Ça|Ʒ|ﬁn|É…»|x̄|Ä…|Ä…Ö…|é…”|Æ’s|Øre’s|Ë†|Đ’
olá»…!|Ä‘|Ã|ã
"""

_ALL = (_ENGLISH, _GERMAN, _PORTUGUESE, _FRENCH, _NORDIC, _SPANISH, _EASTERN, _ELSEWHERE)

HONEST = tuple(
    dict.fromkeys(
        value
        for text in _ALL
        for line in text.strip("\n").split("\n")
        for value in line.split("|")
    )
)
"""Every one of them, once."""

TAGS = (
    "*|FNAME|*",
    "*|FNAME:friend|*",
    "%%name%%",
    "%%=v(@first)=%%",
    "%FIRSTNAME%",
    "{{ first_name }}",
    "{{ x|default:'y' }}",
    '{{ x | default: "y" | url_encode }}',
    "{{ first_name",
    "${first_name}",
    "{{${first_name}}}",
    "[[first_name]]",
    "[firstname,fallback=friend]",
    "{!firstname}",
    "{$name}",
    "$[FNAME]$",
    "~Contact.FirstName~",
    "%recipient.name%",
    "{contactfield=firstname}",
    "Hello *|FNAME|*!",
    "%7B%7B",
    "Hi %7B%7B",
)
"""Merge tags that a platform left as they were."""
