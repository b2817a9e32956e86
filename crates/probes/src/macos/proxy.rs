//! The proxy that programs of this Mac use.

use crate::{
    look::{Look, Why},
    parse::macos::fields,
};

/// The proxy, `host:port`; none if there is none. One that a script or the network names cannot be
/// followed.
pub(crate) fn proxy(look: &Look<'_>) -> Result<Option<String>, Why> {
    let said = look.output("scutil --proxy")?;
    if !said.contains("<dictionary>") {
        return Err(Why::new("scutil does not tell which proxy is used"));
    }
    // The lines are `  HTTPSEnable : 1`.
    let fields = fields(&said);
    let is_on = |name: &str| fields.get(name).is_some_and(|value| value != "0");
    if is_on("ProxyAutoConfigEnable") || is_on("ProxyAutoDiscoveryEnable") {
        return Err(Why::new(
            "programs find their proxy by a script, so what they reach through it is not known",
        ));
    }
    let of = |kind: &str| {
        let host = fields.get(&format!("{kind}Proxy"))?;
        let port = fields.get(&format!("{kind}Port")).map_or("80", String::as_str);
        is_on(&format!("{kind}Enable")).then(|| format!("{host}:{port}"))
    };
    if is_on("SOCKSEnable") {
        return Err(Why::new("programs use a SOCKS proxy, and what it reaches is not tried"));
    }
    Ok(of("HTTPS").or_else(|| of("HTTP")))
}
