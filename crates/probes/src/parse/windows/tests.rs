use super::*;
use serde_json::json;

#[test]
fn administrators_rights_are_told_by_the_integrity_level() {
    let groups = |level: &str| {
        format!(
            "\"VORDEFINIERT\\Administratoren\",\"Alias\",\"S-1-5-32-544\",\"Gruppe\"\r\n\"Verbindliche \
             Beschriftung\\...\",\"Bezeichnung\",\"{level}\",\"\"\r\n"
        )
    };
    assert_eq!(is_elevated(&groups("S-1-16-12288")), Some(true));
    assert_eq!(is_elevated(&groups("S-1-16-16384")), Some(true));
    // Of the group, and yet with an ordinary person's rights.
    assert_eq!(is_elevated(&groups("S-1-16-8192")), Some(false));
    assert_eq!(is_elevated(&groups("S-1-16-8448")), Some(false));
    assert_eq!(is_elevated("\"Administrators\",\"Alias\",\"S-1-5-32-544\""), None);
    assert_eq!(is_elevated("S-1-16-"), None);
}

#[test]
fn text_is_read_in_each_encoding_of_windows() {
    let utf_16: Vec<u8> = "{\"a\":\"ü\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [&[0xff, 0xfe][..], &utf_16].concat();
    let big: Vec<u8> = "{\"a\":\"ü\"}".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let big = [&[0xfe, 0xff][..], &big].concat();
    let utf_8 = [&[0xef, 0xbb, 0xbf][..], "{\"a\":\"ü\"}\r\n".as_bytes()].concat();
    for bytes in [utf_16, marked, big, utf_8, "{\"a\":\"ü\"}".into()] {
        assert_eq!(json(&bytes), Some(json!({"a": "ü"})), "{bytes:?}");
    }
    for bytes in [&[0xff, 0xfe, 0][..], &[], &[0xef, 0xbb, 0xbf], b"{", &[b'{', 0, b'"']] {
        assert_eq!(json(bytes), None, "{bytes:?}");
    }
}

#[test]
fn times_are_read_in_the_forms_of_old_and_new_powershell() {
    let expected = "2026-03-12T09:30:00Z".parse().ok();
    assert_eq!(time(&json!("/Date(1773307800000)/")), expected);
    assert_eq!(time(&json!("2026-03-12T10:30:00+01:00")), expected);
    assert_eq!(time(&json!({"value": "/Date(1773307800000)/", "DisplayHint": 2})), expected);
    for odd in [json!("2026-03-12T10:30:00"), json!("/Date(x)/"), json!(5), json!({"value": {}})] {
        assert_eq!(time(&odd), None, "{odd}");
    }
}

#[test]
fn rule_opens_what_it_does_not_narrow() {
    let of = |rest: &str| {
        opening(&format!("v2.31|Action=Allow|Active=TRUE|Dir=In|{rest}")).map(|one| one.ports)
    };
    assert_eq!(of(""), Some(65_536));
    assert_eq!(of("Protocol=6|"), Some(65_536));
    assert_eq!(of("Protocol=6|LPort=22|Name=Open SSH port|"), Some(1));
    assert_eq!(of("Protocol=6|LPort=80|LPort=443|LPort2_10=5000-5099|"), Some(102));
    assert_eq!(of("Protocol=17|LPort=RPC|"), Some(65_536));
    for narrowed in [
        "Protocol=6|LPort=22|RA4=10.8.0.0/255.255.0.0|",
        "Protocol=6|App=%SystemRoot%\\system32\\svchost.exe|Svc=termservice|",
        "Protocol=1|ICMP4=8:*|",
        "RA4=LocalSubnet|RA6=LocalSubnet|",
    ] {
        assert_eq!(of(narrowed), None, "{narrowed}");
    }
    for other in [
        "v2.31|Action=Block|Active=TRUE|Dir=In|",
        "v2.31|Action=Allow|Active=FALSE|Dir=In|",
        "v2.31|Action=Allow|Active=TRUE|Dir=Out|",
        "",
    ] {
        assert_eq!(opening(other), None, "{other}");
    }
}

const GERMAN: &str = "\r\nEs ist 1 Schnittstelle auf dem System vorhanden:\r\n\r\n    Name                   : \
    WLAN\r\n    Beschreibung           : Intel(R) Wi-Fi 6 AX201 160MHz\r\n    GUID                   : \
    7f3c1c9a-1111-2222-3333-444455556666\r\n    Physische Adresse      : a4:b1:c1:d1:e1:f1\r\n    \
    Schnittstellentyp      : Prim\u{fffd}r\r\n    Status                 : Verbunden\r\n    SSID                   : \
    Schnitt: WPA2\r\n    AP BSSID               : 3c:a6:2f:11:22:33\r\n    Band                   : 5 GHz\r\n    \
    Kanal                  : 36\r\n    Netzwerktyp            : Infrastruktur\r\n    Funktyp                : \
    802.11ax\r\n    Authentifizierung      : WPA2-Personal\r\n    Verschl\u{fffd}sselung        : CCMP\r\n    \
    Verbindungsmodus       : Profil\r\n    Signal                 : 84%\r\n    Profil                 : Schnitt\r\n";

#[test]
fn wireless_network_is_read_in_any_language() {
    let strength =
        |text: &str| wlan(text).map(|all| all.into_iter().map(|one| one.is_strong).collect());
    let found = wlan(GERMAN).unwrap();
    assert_eq!((found[0].ssid.as_str(), found[0].is_strong), ("Schnitt: WPA2", true));
    let french = GERMAN
        .replace("Authentifizierung      ", "Authentification       ")
        .replace("WPA2-Personal", "WPA2 - Personnel");
    assert_eq!(strength(&french), Some(vec![true]));
    assert_eq!(strength(&GERMAN.replace("CCMP", "TKIP")), Some(vec![false]));
    assert_eq!(strength(&GERMAN.replace("WPA2-Personal", "WPA-Personal")), Some(vec![false]));
    let open = GERMAN.replace("WPA2-Personal", "Offen").replace("CCMP", "Keine");
    assert_eq!(strength(&open), Some(vec![false]), "an open network called like a strong one");
    assert_eq!(strength(&GERMAN.replace(": CCMP", ": ???")), None);
    assert_eq!(strength(&GERMAN.replace("802.11ax", "?")), None);
    let newer = GERMAN.replace(
        "    Netzwerktyp",
        "    Akm-Verschl\u{fffd}sselung   : [ akm = 00-0f-ac:08, cipher =  00-0f-ac:04 ]\r\n    Colocated APs:    \
         : 3\r\n            BSSID: 72:13:01:83:d9:a4,  Band: 5 GHz,  Channel: 44\r\n    Netzwerktyp",
    );
    let newer = newer.replace("WPA2-Personal", "WPA3-Personal  (H2E)");
    assert_eq!(strength(&newer), Some(vec![true]));
    let off = GERMAN.split("    SSID").next().unwrap();
    assert_eq!(strength(off), Some(Vec::new()));
    let forbidden = "Network shell commands need location permission to access WLAN information. Turn on \
                     Location services on the Location page in Privacy & security settings.\r\n\r\n\
                     ms-settings:privacy-location\r\n";
    assert_eq!(strength(forbidden), None);
}

#[test]
fn clock_that_follows_itself_follows_nobody() {
    let status = |leap: &str, stratum: &str, reference: &str| {
        format!(
            "Sprungindikator: {leap}\r\nStratum: {stratum}\r\nPr\u{fffd}zision: -23 (119.209ns pro \
             Tick)\r\nReferenz-ID: {reference}\r\nQuelle: time.windows.com,0x9 \r\n"
        )
    };
    let well = status(
        "0(keine Warnung)",
        "4 (Sekund\u{fffd}rreferenz)",
        "0xC0248F97 (Quell-IP:  192.36.143.151)",
    );
    assert_eq!(w32tm(&well), Some(true));
    let itself = status("0(keine Warnung)", "1 (...)", "0x4C4F434C (Quellname:  \"LOCL\")");
    assert_eq!(w32tm(&itself), Some(false));
    let not =
        status("3(nicht synchronisiert)", "0 (nicht angegeben)", "0x00000000 (nicht angegeben)");
    assert_eq!(w32tm(&not), Some(false));
    let refused =
        "Folgender Fehler ist aufgetreten: Der Dienst wurde nicht gestartet. (0x80070426)\r\n";
    assert_eq!(w32tm(refused), None);
    assert_eq!(w32tm(""), None);
}

#[test]
fn password_rules_are_read_in_any_language() {
    let german = "Abmelden nach:                                          Nie\r\nMinimales \
        Kennwortalter (Tage):                       0\r\nMaximales Kennwortalter (Tage):                       \
        42\r\nMinimale Kennwortl\u{fffd}nge:                                12\r\nL\u{fffd}nge der \
        Kennwortchronik:                         Keine\r\nSperrschwelle:                                        \
        10\r\nSperrdauer (Minuten):                                 10\r\nSperr\u{fffd}berwachungsfenster \
        (Minuten):                   10\r\nComputerrolle:                                        \
        ARBEITSSTATION\r\nDer Befehl wurde erfolgreich ausgef\u{fffd}hrt.\r\n";
    assert_eq!(net_accounts(german), Some((12, Some(10))));
    let english = "Force user logoff how long after time expires?:       Never\r\nMinimum password age \
        (days):                          0\r\nMaximum password age (days):                          \
        Unlimited\r\nMinimum password length:                              0\r\nLength of password history \
        maintained:                None\r\nLockout threshold:                                    \
        Never\r\nLockout duration (minutes):                           30\r\nLockout observation window \
        (minutes):                 30\r\nComputer role:                                        SERVER\r\n";
    assert_eq!(net_accounts(english), Some((0, None)));
    assert_eq!(net_accounts("System error 5 has occurred.\r\n\r\nAccess is denied.\r\n"), None);
    assert_eq!(net_accounts(""), None);
}
