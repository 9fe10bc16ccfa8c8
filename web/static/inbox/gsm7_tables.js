/**
 * The character tables of 3GPP TS 23.038: 128 places each, locking and single shift.
 * Data only, the same as gateway/codec/gsm7_tables.py; "·" is an unused place.
 */

export const UNUSED = "·";

const DEFAULT = [
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ",
  " !\"#¤%&'()*+,-./0123456789:;<=>?",
  "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§",
  "¿abcdefghijklmnopqrstuvwxyzäöñüà",
].join("");

export const LOCKING = [
  DEFAULT, // default
  [ // Turkish
    "@£$¥€éùıòÇ\nĞğ\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bŞşßÉ",
    " !\"#¤%&'()*+,-./0123456789:;<=>?",
    "İABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§",
    "çabcdefghijklmnopqrstuvwxyzäöñüà",
  ].join(""),
  DEFAULT, // Spanish
  [ // Portuguese
    "@£$¥êéúíóç\nÔô\rÁáΔ_ªÇÀ∞^\\€Ó|\x1bÂâÊÉ",
    " !\"#º%&'()*+,-./0123456789:;<=>?",
    "ÍABCDEFGHIJKLMNOPQRSTUVWXYZÃÕÚÜ§",
    "~abcdefghijklmnopqrstuvwxyzãõ`üà",
  ].join(""),
  [ // Bengali
    "\u0981\u0982\u0983অআইঈউঊঋ\nঌ \r এঐ  ওঔকখগঘঙচ\x1bছজঝঞ",
    " !টঠডঢণত)(থদ,ধ.ন0123456789:; পফ?",
    "বভমযর ল   শষসহ\u09bcঽ\u09be\u09bf\u09c0\u09c1\u09c2\u09c3\u09c4  \u09c7\u09c8  \u09cb\u09cc\u09cd",
    "ৎabcdefghijklmnopqrstuvwxyz\u09d7\u09dc\u09ddৰৱ",
  ].join(""),
  [ // Gujarati
    "\u0a81\u0a82\u0a83અઆઇઈઉઊઋ\nઌઍ\r એઐઑ ઓઔકખગઘઙચ\x1bછજઝઞ",
    " !ટઠડઢણત)(થદ,ધ.ન0123456789:; પફ?",
    "બભમયર લળ વશષસહ\u0abcઽ\u0abe\u0abf\u0ac0\u0ac1\u0ac2\u0ac3\u0ac4\u0ac5 \u0ac7\u0ac8\u0ac9 \u0acb\u0acc\u0acd",
    "ૐabcdefghijklmnopqrstuvwxyzૠૡ\u0ae2\u0ae3૱",
  ].join(""),
  [ // Hindi
    "\u0901\u0902\u0903अआइईउऊऋ\nऌऍ\rऎएऐऑऒओऔकखगघङच\x1bछजझञ",
    " !टठडढणत)(थद,ध.न0123456789:;ऩपफ?",
    "बभमयरऱलळऴवशषसह\u093cऽ\u093e\u093f\u0940\u0941\u0942\u0943\u0944\u0945\u0946\u0947\u0948\u0949\u094a\u094b\u094c\u094d",
    "ॐabcdefghijklmnopqrstuvwxyzॲॻॼॾॿ",
  ].join(""),
  [ // Kannada
    " \u0c82\u0c83ಅಆಇಈಉಊಋ\nಌ \rಎಏಐ ಒಓಔಕಖಗಘಙಚ\x1bಛಜಝಞ",
    " !ಟಠಡಢಣತ)(ಥದ,ಧ.ನ0123456789:; ಪಫ?",
    "ಬಭಮಯರಱಲಳ ವಶಷಸಹ\u0cbcಽ\u0cbe\u0cbf\u0cc0\u0cc1\u0cc2\u0cc3\u0cc4 \u0cc6\u0cc7\u0cc8 \u0cca\u0ccb\u0ccc\u0ccd",
    "\u0cd5abcdefghijklmnopqrstuvwxyz\u0cd6ೠೡ\u0ce2\u0ce3",
  ].join(""),
  [ // Malayalam
    " \u0d02\u0d03അആഇഈഉഊഋ\nഌ \rഎഏഐ ഒഓഔകഖഗഘങച\x1bഛജഝഞ",
    " !ടഠഡഢണത)(ഥദ,ധ.ന0123456789:; പഫ?",
    "ബഭമയരറലളഴവശഷസഹ ഽ\u0d3e\u0d3f\u0d40\u0d41\u0d42\u0d43\u0d44 \u0d46\u0d47\u0d48 \u0d4a\u0d4b\u0d4c\u0d4d",
    "\u0d57abcdefghijklmnopqrstuvwxyzൠൡ\u0d62\u0d63൹",
  ].join(""),
  [ // Oriya
    "\u0b01\u0b02\u0b03ଅଆଇଈଉଊଋ\nଌ \r ଏଐ  ଓଔକଖଗଘଙଚ\x1bଛଜଝଞ",
    " !ଟଠଡଢଣତ)(ଥଦ,ଧ.ନ0123456789:; ପଫ?",
    "ବଭମଯର ଲଳ ଵଶଷସହ\u0b3cଽ\u0b3e\u0b3f\u0b40\u0b41\u0b42\u0b43\u0b44  \u0b47\u0b48  \u0b4b\u0b4c\u0b4d",
    "\u0b56abcdefghijklmnopqrstuvwxyz\u0b57ୠୡ\u0b62\u0b63",
  ].join(""),
  [ // Punjabi
    "\u0a01\u0a02\u0a03ਅਆਇਈਉਊ \n  \r ਏਐ  ਓਔਕਖਗਘਙਚ\x1bਛਜਝਞ",
    " !ਟਠਡਢਣਤ)(ਥਦ,ਧ.ਨ0123456789:; ਪਫ?",
    "ਬਭਮਯਰ ਲ\u0a33 ਵ\u0a36 ਸਹ\u0a3c \u0a3e\u0a3f\u0a40\u0a41\u0a42    \u0a47\u0a48  \u0a4b\u0a4c\u0a4d",
    "\u0a51abcdefghijklmnopqrstuvwxyz\u0a70\u0a71ੲੳੴ",
  ].join(""),
  [ // Tamil
    " \u0b82ஃஅஆஇஈஉஊ \n  \rஎஏஐ ஒஓஔக   ஙச\x1b ஜ ஞ",
    " !ட   ணத)(  , .ந0123456789:;னப ?",
    "  மயரறலளழவஶஷஸஹ  \u0bbe\u0bbf\u0bc0\u0bc1\u0bc2   \u0bc6\u0bc7\u0bc8 \u0bca\u0bcb\u0bcc\u0bcd",
    "ௐabcdefghijklmnopqrstuvwxyz\u0bd7௰௱௲௹",
  ].join(""),
  [ // Telugu
    "\u0c01\u0c02\u0c03అఆఇఈఉఊఋ\nఌ \rఎఏఐ ఒఓఔకఖగఘఙచ\x1bఛజఝఞ",
    " !టఠడఢణత)(థద,ధ.న0123456789:; పఫ?",
    "బభమయరఱలళ వశషసహ ఽ\u0c3e\u0c3f\u0c40\u0c41\u0c42\u0c43\u0c44 \u0c46\u0c47\u0c48 \u0c4a\u0c4b\u0c4c\u0c4d",
    "\u0c55abcdefghijklmnopqrstuvwxyz\u0c56ౠౡ\u0c62\u0c63",
  ].join(""),
  [ // Urdu
    "\u0627\u0622\u0628\u067b\u0680\u067e\u06a6\u062a\u06c2\u067f\n\u0679\u067d\r\u067a\u067c\u062b\u062c\u0681\u0684\u0683\u0685\u0686\u0687\u062d\u062e\u062f\x1b\u068c\u0688\u0689\u068a",
    " !\u068f\u068d\u0630\u0631\u0691\u0693)(\u0699\u0632,\u0696.\u06980123456789:;\u069a\u0633\u0634?",
    "\u0635\u0636\u0637\u0638\u0639\u0641\u0642\u06a9\u06aa\u06ab\u06af\u06b3\u06b1\u0644\u0645\u0646\u06ba\u06bb\u06bc\u0648\u06c4\u06d5\u06c1\u06be\u0621\u06cc\u06d0\u06d2\u064d\u0650\u064f\u0657",
    "\u0654abcdefghijklmnopqrstuvwxyz\u0655\u0651\u0653\u0656\u0670",
  ].join(""),
];

export const SINGLE = [
  [ // default
    "··········\f·········^···········",
    "········{}·····\\············[~]·",
    "|·······························",
    "·····€··························",
  ].join(""),
  [ // Turkish
    "··········\f·········^···········",
    "········{}·····\\············[~]·",
    "|······Ğ·İ·········Ş············",
    "···ç·€·ğ·ı·········ş············",
  ].join(""),
  [ // Spanish
    "·········ç\f·········^···········",
    "········{}·····\\············[~]·",
    "|Á·······Í·····Ó·····Ú··········",
    "·á···€···í·····ó·····ú··········",
  ].join(""),
  [ // Portuguese
    "·····ê···ç\fÔô·Áá··ΦΓ^ΩΠΨΣΘ·····Ê",
    "········{}·····\\············[~]·",
    "|À·······Í·····Ó·····Ú·····ÃÕ···",
    "·Â···€···í·····ó·····ú·····ãõ··â",
  ].join(""),
  [ // Bengali
    "@£$¥¿\"¤%&'\f*+·-/<=>¡^¡_#*০১·২৩৪৫",
    "৬৭৮৯\u09dfৠৡ\u09e2{}\u09e3৲৳৴৵\\৶৷৸৹৺·······[~]·",
    "|ABCDEFGHIJKLMNOPQRSTUVWXYZ·····",
    "·····€··························",
  ].join(""),
  [ // Gujarati
    "@£$¥¿\"¤%&'\f*+·-/<=>¡^¡_#*।॥·૦૧૨૩",
    "૪૫૬૭૮૯··{}·····\\············[~]·",
    "|ABCDEFGHIJKLMNOPQRSTUVWXYZ·····",
    "·····€··························",
  ].join(""),
  [ // Hindi
    "@£$¥¿\"¤%&'\f*+·-/<=>¡^¡_#*।॥·०१२३",
    "४५६७८९\u0951\u0952{}\u0953\u0954\u0958\u0959\u095a\\\u095b\u095c\u095d\u095e\u095fॠॡ\u0962\u0963॰ॱ·[~]·",
    "|ABCDEFGHIJKLMNOPQRSTUVWXYZ·····",
    "·····€··························",
  ].join(""),
  [ // Kannada
    "@£$¥¿\"¤%&'\f*+·-/<=>¡^¡_#*।॥·೦೧೨೩",
    "೪೫೬೭೮೯ೞೱ{}ೲ····\\············[~]·",
    "|ABCDEFGHIJKLMNOPQRSTUVWXYZ·····",
    "·····€··························",
  ].join(""),
  [ // Malayalam
    "@£$¥¿\"¤%&'\f*+·-/<=>¡^¡_#*।॥·൦൧൨൩",
    "൪൫൬൭൮൯൰൱{}൲൳൴൵ൺ\\ൻർൽൾൿ·······[~]·",
    "|ABCDEFGHIJKLMNOPQRSTUVWXYZ·····",
    "·····€··························",
  ].join(""),
  [ // Oriya
    "@£$¥¿\"¤%&'\f*+·-/<=>¡^¡_#*।॥·୦୧୨୩",
    "୪୫୬୭୮୯\u0b5c\u0b5d{}ୟ୰ୱ··\\············[~]·",
    "|ABCDEFGHIJKLMNOPQRSTUVWXYZ·····",
    "·····€··························",
  ].join(""),
  [ // Punjabi
    "@£$¥¿\"¤%&'\f*+·-/<=>¡^¡_#*।॥·੦੧੨੩",
    "੪੫੬੭੮੯\u0a59\u0a5a{}\u0a5bੜ\u0a5e\u0a75·\\············[~]·",
    "|ABCDEFGHIJKLMNOPQRSTUVWXYZ·····",
    "·····€··························",
  ].join(""),
  [ // Tamil
    "@£$¥¿\"¤%&'\f*+·-/<=>¡^¡_#*।॥·௦௧௨௩",
    "௪௫௬௭௮௯௳௴{}௵௶௷௸௺\\············[~]·",
    "|ABCDEFGHIJKLMNOPQRSTUVWXYZ·····",
    "·····€··························",
  ].join(""),
  [ // Telugu
    "@£$¥¿\"¤%&'\f*+·-/<=>¡^¡_#*···౦౧౨౩",
    "౪౫౬౭౮౯ౘౙ{}౸౹౺౻౼\\౽౾౿·········[~]·",
    "|ABCDEFGHIJKLMNOPQRSTUVWXYZ·····",
    "·····€··························",
  ].join(""),
  [ // Urdu
    "@£$¥¿\"¤%&'\f*+·-/<=>¡^¡_#*\u0600\u0601·۰۱۲۳",
    "۴۵۶۷۸۹،\u060d{}؎؏\u0610\u0611\u0612\\\u0613\u0614\u061b\u061f\u0640\u0652\u0658\u066b\u066c\u0672\u0673\u06cd[~]\u06d4",
    "|ABCDEFGHIJKLMNOPQRSTUVWXYZ·····",
    "·····€··························",
  ].join(""),
];
