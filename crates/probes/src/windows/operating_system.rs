//! Which Windows runs: the registry's own words, none of which is translated.

use super::answers::{Script, ask, int, text};
use crate::look::{Found, Look, Reading, Why, body};
use closedset_core::fact::{Body, device::OperatingSystem};

const SCRIPT: Script = Script::new(
    "powershell operating_system",
    "system=S{$k='HKLM:\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion';@{product=R $k ProductName;\
     edition=R $k EditionID;build=R $k CurrentBuild;revision=R $k UBR;display=R $k DisplayVersion;\
     kind=R $k InstallationType;architecture=$env:PROCESSOR_ARCHITECTURE}}",
);
/// The first build of Windows 11, which calls itself Windows 10 in the registry.
const ELEVEN: i64 = 22_000;

pub(crate) fn probe(look: &Look<'_>) -> Body {
    body(find(look))
}

fn find(look: &Look<'_>) -> Found<OperatingSystem> {
    let system = ask(look, SCRIPT)?.one("system")?;
    let of = |name: &str| {
        text(&system, name).ok_or_else(|| Why::new(format!("the registry does not tell {name}")))
    };
    let number = int(&system, "build").ok_or_else(|| Why::new("the registry tells no build"))?;
    let product = of("product")?;
    let is_server = match of("kind")? {
        "Client" => false,
        "Server" | "Server Core" => true,
        other => return Err(Why::new(format!("Windows of the kind `{other}` is not known"))),
    };
    let build = match int(&system, "revision") {
        Some(revision) => format!("{number}.{revision}"),
        None => number.to_string(),
    };
    let is_eleven = !is_server && number >= ELEVEN;
    let named =
        if is_eleven { product.replace("Windows 10", "Windows 11") } else { product.into() };
    let version = if is_server {
        let year =
            |word: &&str| word.len() == 4 && word.chars().all(|letter| letter.is_ascii_digit());
        product.split(' ').find(year).unwrap_or(product).to_owned()
    } else if is_eleven {
        "11".into()
    } else {
        "10".into()
    };
    let architecture = match of("architecture")? {
        "AMD64" => "x86_64".to_owned(),
        other => other.to_ascii_lowercase(),
    };
    Ok(Reading {
        record: OperatingSystem {
            family: "windows".into(),
            product: edition(of("edition")?, is_server),
            name: match text(&system, "display") {
                Some(display) => format!("{named} {display}"),
                None => named,
            },
            version,
            build: Some(build),
            kernel: format!("10.0.{number}"),
            architecture,
        },
        unread: Vec::new(),
    })
}

/// The word for an edition by which it is known how long it is mended. One that is mended by a
/// calendar of its own keeps its own word, for which there are no releases.
fn edition(id: &str, is_server: bool) -> String {
    if is_server {
        return if id.starts_with("Server") { "windows-server".into() } else { id.to_lowercase() };
    }
    let plain = id.strip_suffix('N').unwrap_or(id);
    match plain {
        "Core" | "CoreSingleLanguage" | "CoreCountrySpecific" => "windows-home".into(),
        "Professional"
        | "ProfessionalWorkstation"
        | "ProfessionalEducation"
        | "ProfessionalSingleLanguage"
        | "ProfessionalCountrySpecific" => "windows-pro".into(),
        "Enterprise" | "IoTEnterprise" | "ServerRdsh" => "windows-enterprise".into(),
        "Education" => "windows-education".into(),
        other => format!("windows-{}", other.to_lowercase()),
    }
}
