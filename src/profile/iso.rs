//! Codes of ISO 639 and ISO 3166.
//!
//! The lists change rarely. They come from SIL's tables and the time zone database; a test compares them with iso-codes.

/// ISO 639-1, sorted.
const LANGUAGES: &[&str] = &[
    "aa", "ab", "ae", "af", "ak", "am", "an", "ar", "as", "av", "ay", "az", "ba", "be", "bg", "bi", "bm", "bn", "bo",
    "br", "bs", "ca", "ce", "ch", "co", "cr", "cs", "cu", "cv", "cy", "da", "de", "dv", "dz", "ee", "el", "en", "eo",
    "es", "et", "eu", "fa", "ff", "fi", "fj", "fo", "fr", "fy", "ga", "gd", "gl", "gn", "gu", "gv", "ha", "he", "hi",
    "ho", "hr", "ht", "hu", "hy", "hz", "ia", "id", "ie", "ig", "ii", "ik", "io", "is", "it", "iu", "ja", "jv", "ka",
    "kg", "ki", "kj", "kk", "kl", "km", "kn", "ko", "kr", "ks", "ku", "kv", "kw", "ky", "la", "lb", "lg", "li", "ln",
    "lo", "lt", "lu", "lv", "mg", "mh", "mi", "mk", "ml", "mn", "mr", "ms", "mt", "my", "na", "nb", "nd", "ne", "ng",
    "nl", "nn", "no", "nr", "nv", "ny", "oc", "oj", "om", "or", "os", "pa", "pi", "pl", "ps", "pt", "qu", "rm", "rn",
    "ro", "ru", "rw", "sa", "sc", "sd", "se", "sg", "si", "sk", "sl", "sm", "sn", "so", "sq", "sr", "ss", "st", "su",
    "sv", "sw", "ta", "te", "tg", "th", "ti", "tk", "tl", "tn", "to", "tr", "ts", "tt", "tw", "ty", "ug", "uk", "ur",
    "uz", "ve", "vi", "vo", "wa", "wo", "xh", "yi", "yo", "za", "zh", "zu",
];

/// The codes of ISO 639-2 whose language has one of ISO 639-1, with that, sorted.
const LONG_LANGUAGES: &[&str] = &[
    "aar aa", "abk ab", "afr af", "aka ak", "alb sq", "amh am", "ara ar", "arg an", "arm hy", "asm as", "ava av",
    "ave ae", "aym ay", "aze az", "bak ba", "bam bm", "baq eu", "bel be", "ben bn", "bis bi", "bod bo", "bos bs",
    "bre br", "bul bg", "bur my", "cat ca", "ces cs", "cha ch", "che ce", "chi zh", "chu cu", "chv cv", "cor kw",
    "cos co", "cre cr", "cym cy", "cze cs", "dan da", "deu de", "div dv", "dut nl", "dzo dz", "ell el", "eng en",
    "epo eo", "est et", "eus eu", "ewe ee", "fao fo", "fas fa", "fij fj", "fin fi", "fra fr", "fre fr", "fry fy",
    "ful ff", "geo ka", "ger de", "gla gd", "gle ga", "glg gl", "glv gv", "gre el", "grn gn", "guj gu", "hat ht",
    "hau ha", "heb he", "her hz", "hin hi", "hmo ho", "hrv hr", "hun hu", "hye hy", "ibo ig", "ice is", "ido io",
    "iii ii", "iku iu", "ile ie", "ina ia", "ind id", "ipk ik", "isl is", "ita it", "jav jv", "jpn ja", "kal kl",
    "kan kn", "kas ks", "kat ka", "kau kr", "kaz kk", "khm km", "kik ki", "kin rw", "kir ky", "kom kv", "kon kg",
    "kor ko", "kua kj", "kur ku", "lao lo", "lat la", "lav lv", "lim li", "lin ln", "lit lt", "ltz lb", "lub lu",
    "lug lg", "mac mk", "mah mh", "mal ml", "mao mi", "mar mr", "may ms", "mkd mk", "mlg mg", "mlt mt", "mon mn",
    "mri mi", "msa ms", "mya my", "nau na", "nav nv", "nbl nr", "nde nd", "ndo ng", "nep ne", "nld nl", "nno nn",
    "nob nb", "nor no", "nya ny", "oci oc", "oji oj", "ori or", "orm om", "oss os", "pan pa", "per fa", "pli pi",
    "pol pl", "por pt", "pus ps", "que qu", "roh rm", "ron ro", "rum ro", "run rn", "rus ru", "sag sg", "san sa",
    "sin si", "slk sk", "slo sk", "slv sl", "sme se", "smo sm", "sna sn", "snd sd", "som so", "sot st", "spa es",
    "sqi sq", "srd sc", "srp sr", "ssw ss", "sun su", "swa sw", "swe sv", "tah ty", "tam ta", "tat tt", "tel te",
    "tgk tg", "tgl tl", "tha th", "tib bo", "tir ti", "ton to", "tsn tn", "tso ts", "tuk tk", "tur tr", "twi tw",
    "uig ug", "ukr uk", "urd ur", "uzb uz", "ven ve", "vie vi", "vol vo", "wel cy", "wln wa", "wol wo", "xho xh",
    "yid yi", "yor yo", "zha za", "zho zh", "zul zu",
];

/// The codes of ISO 639-2 for what ISO 639-1 has no code for, sorted.
const OTHER_LANGUAGES: &[&str] = &[
    "ace", "ach", "ada", "ady", "afa", "afh", "ain", "akk", "ale", "alg", "alt", "ang", "anp", "apa", "arc", "arn",
    "arp", "art", "arw", "ast", "ath", "aus", "awa", "bad", "bai", "bal", "ban", "bas", "bat", "bej", "bem", "ber",
    "bho", "bih", "bik", "bin", "bla", "bnt", "bra", "btk", "bua", "bug", "byn", "cad", "cai", "car", "cau", "ceb",
    "cel", "chb", "chg", "chk", "chm", "chn", "cho", "chp", "chr", "chy", "cmc", "cnr", "cop", "cpe", "cpf", "cpp",
    "crh", "crp", "csb", "cus", "dak", "dar", "day", "del", "den", "dgr", "din", "doi", "dra", "dsb", "dua", "dum",
    "dyu", "efi", "egy", "eka", "elx", "enm", "ewo", "fan", "fat", "fil", "fiu", "fon", "frm", "fro", "frr", "frs",
    "fur", "gaa", "gay", "gba", "gem", "gez", "gil", "gmh", "goh", "gon", "gor", "got", "grb", "grc", "gsw", "gwi",
    "hai", "haw", "hil", "him", "hit", "hmn", "hsb", "hup", "iba", "ijo", "ilo", "inc", "ine", "inh", "ira", "iro",
    "jbo", "jpr", "jrb", "kaa", "kab", "kac", "kam", "kar", "kaw", "kbd", "kha", "khi", "kho", "kmb", "kok", "kos",
    "kpe", "krc", "krl", "kro", "kru", "kum", "kut", "lad", "lah", "lam", "lez", "lol", "loz", "lua", "lui", "lun",
    "luo", "lus", "mad", "mag", "mai", "mak", "man", "map", "mas", "mdf", "mdr", "men", "mga", "mic", "min", "mkh",
    "mnc", "mni", "mno", "moh", "mos", "mun", "mus", "mwl", "mwr", "myn", "myv", "nah", "nai", "nap", "nds", "new",
    "nia", "nic", "niu", "nog", "non", "nqo", "nso", "nub", "nwc", "nym", "nyn", "nyo", "nzi", "osa", "ota", "oto",
    "paa", "pag", "pal", "pam", "pap", "pau", "peo", "phi", "phn", "pon", "pra", "pro", "raj", "rap", "rar", "roa",
    "rom", "rup", "sad", "sah", "sai", "sal", "sam", "sas", "sat", "scn", "sco", "sel", "sem", "sga", "sgn", "shn",
    "sid", "sio", "sit", "sla", "sma", "smi", "smj", "smn", "sms", "snk", "sog", "son", "srn", "srr", "ssa", "suk",
    "sus", "sux", "syc", "syr", "tai", "tem", "ter", "tet", "tig", "tiv", "tkl", "tlh", "tli", "tmh", "tog", "tpi",
    "tsi", "tum", "tup", "tut", "tvl", "tyv", "udm", "uga", "umb", "vai", "vot", "wak", "wal", "war", "was", "wen",
    "xal", "yao", "yap", "ypk", "zap", "zbl", "zen", "zgh", "znd", "zun", "zza",
];

/// ISO 3166-1 alpha-2 with alpha-3, sorted.
const REGIONS: &[&str] = &[
    "AD AND", "AE ARE", "AF AFG", "AG ATG", "AI AIA", "AL ALB", "AM ARM", "AO AGO", "AQ ATA", "AR ARG", "AS ASM",
    "AT AUT", "AU AUS", "AW ABW", "AX ALA", "AZ AZE", "BA BIH", "BB BRB", "BD BGD", "BE BEL", "BF BFA", "BG BGR",
    "BH BHR", "BI BDI", "BJ BEN", "BL BLM", "BM BMU", "BN BRN", "BO BOL", "BQ BES", "BR BRA", "BS BHS", "BT BTN",
    "BV BVT", "BW BWA", "BY BLR", "BZ BLZ", "CA CAN", "CC CCK", "CD COD", "CF CAF", "CG COG", "CH CHE", "CI CIV",
    "CK COK", "CL CHL", "CM CMR", "CN CHN", "CO COL", "CR CRI", "CU CUB", "CV CPV", "CW CUW", "CX CXR", "CY CYP",
    "CZ CZE", "DE DEU", "DJ DJI", "DK DNK", "DM DMA", "DO DOM", "DZ DZA", "EC ECU", "EE EST", "EG EGY", "EH ESH",
    "ER ERI", "ES ESP", "ET ETH", "FI FIN", "FJ FJI", "FK FLK", "FM FSM", "FO FRO", "FR FRA", "GA GAB", "GB GBR",
    "GD GRD", "GE GEO", "GF GUF", "GG GGY", "GH GHA", "GI GIB", "GL GRL", "GM GMB", "GN GIN", "GP GLP", "GQ GNQ",
    "GR GRC", "GS SGS", "GT GTM", "GU GUM", "GW GNB", "GY GUY", "HK HKG", "HM HMD", "HN HND", "HR HRV", "HT HTI",
    "HU HUN", "ID IDN", "IE IRL", "IL ISR", "IM IMN", "IN IND", "IO IOT", "IQ IRQ", "IR IRN", "IS ISL", "IT ITA",
    "JE JEY", "JM JAM", "JO JOR", "JP JPN", "KE KEN", "KG KGZ", "KH KHM", "KI KIR", "KM COM", "KN KNA", "KP PRK",
    "KR KOR", "KW KWT", "KY CYM", "KZ KAZ", "LA LAO", "LB LBN", "LC LCA", "LI LIE", "LK LKA", "LR LBR", "LS LSO",
    "LT LTU", "LU LUX", "LV LVA", "LY LBY", "MA MAR", "MC MCO", "MD MDA", "ME MNE", "MF MAF", "MG MDG", "MH MHL",
    "MK MKD", "ML MLI", "MM MMR", "MN MNG", "MO MAC", "MP MNP", "MQ MTQ", "MR MRT", "MS MSR", "MT MLT", "MU MUS",
    "MV MDV", "MW MWI", "MX MEX", "MY MYS", "MZ MOZ", "NA NAM", "NC NCL", "NE NER", "NF NFK", "NG NGA", "NI NIC",
    "NL NLD", "NO NOR", "NP NPL", "NR NRU", "NU NIU", "NZ NZL", "OM OMN", "PA PAN", "PE PER", "PF PYF", "PG PNG",
    "PH PHL", "PK PAK", "PL POL", "PM SPM", "PN PCN", "PR PRI", "PS PSE", "PT PRT", "PW PLW", "PY PRY", "QA QAT",
    "RE REU", "RO ROU", "RS SRB", "RU RUS", "RW RWA", "SA SAU", "SB SLB", "SC SYC", "SD SDN", "SE SWE", "SG SGP",
    "SH SHN", "SI SVN", "SJ SJM", "SK SVK", "SL SLE", "SM SMR", "SN SEN", "SO SOM", "SR SUR", "SS SSD", "ST STP",
    "SV SLV", "SX SXM", "SY SYR", "SZ SWZ", "TC TCA", "TD TCD", "TF ATF", "TG TGO", "TH THA", "TJ TJK", "TK TKL",
    "TL TLS", "TM TKM", "TN TUN", "TO TON", "TR TUR", "TT TTO", "TV TUV", "TW TWN", "TZ TZA", "UA UKR", "UG UGA",
    "UM UMI", "US USA", "UY URY", "UZ UZB", "VA VAT", "VC VCT", "VE VEN", "VG VGB", "VI VIR", "VN VNM", "VU VUT",
    "WF WLF", "WS WSM", "YE YEM", "YT MYT", "ZA ZAF", "ZM ZMB", "ZW ZWE",
];

/// Whether the code is one of ISO 639-1, or one of ISO 639-2 with or without a shorter one.
pub(super) fn is_language(code: &str) -> bool {
    LANGUAGES.binary_search(&code).is_ok() || OTHER_LANGUAGES.binary_search(&code).is_ok() || shorter(code).is_some()
}

/// The code of ISO 639-1 for the language of a code of ISO 639-2.
pub(super) fn shorter(code: &str) -> Option<&'static str> {
    let place = LONG_LANGUAGES.binary_search_by(|pair| pair.get(..3).unwrap_or_default().cmp(code)).ok()?;
    LONG_LANGUAGES.get(place)?.get(4..)
}

/// Whether the code is one of ISO 3166-1 alpha-2.
pub(super) fn is_region(code: &str) -> bool {
    REGIONS.binary_search_by(|pair| pair.get(..2).unwrap_or_default().cmp(code)).is_ok()
}

/// The code of ISO 3166-1 alpha-2 for the region of one of alpha-3.
pub(super) fn region(alpha_3: &str) -> Option<&'static str> {
    REGIONS.iter().find(|pair| pair.get(3..) == Some(alpha_3))?.get(..2)
}
