//! Programs for remote control, by the names of their processes and by their ports.

use crate::host::Platform;

/// Programs that listen: the start of the process's name, and its kind.
const LISTENING: [(&str, &str); 30] = [
    ("sshd", "ssh"),
    ("dropbear", "ssh"),
    ("xrdp", "rdp"),
    ("gnome-remote-de", "rdp"),
    ("krdpserver", "rdp"),
    ("krfb", "vnc"),
    ("x11vnc", "vnc"),
    ("Xvnc", "vnc"),
    ("Xtigervnc", "vnc"),
    ("Xtightvnc", "vnc"),
    ("x0vncserver", "vnc"),
    ("x0tigervncserve", "vnc"),
    ("vncserver", "vnc"),
    ("vino-server", "vnc"),
    ("wayvnc", "vnc"),
    ("teamviewerd", "teamviewer"),
    ("TeamViewer", "teamviewer"),
    ("anydesk", "anydesk"),
    ("rustdesk", "rustdesk"),
    ("nxd", "nomachine"),
    ("nxserver", "nomachine"),
    ("pcoip", "hp-anyware"),
    ("parsecd", "parsec"),
    ("SRStreamer", "splashtop"),
    ("SRAgent", "splashtop"),
    ("sunshine", "sunshine"),
    ("dcvserver", "nice-dcv"),
    ("in.telnetd", "telnet"),
    ("telnetd", "telnet"),
    ("cockpit", "cockpit"),
];

/// Programs through whose provider others come in: their kind and the process's name. One that only
/// listens, as the agent of HP Anyware does, is none.
pub(super) const CALLING_OUT: [(&str, &str); 16] = [
    ("teamviewer", "teamviewerd"),
    ("anydesk", "anydesk"),
    ("rustdesk", "rustdesk"),
    ("parsec", "parsecd"),
    ("splashtop", "SRStreamer"),
    ("splashtop", "SRAgent"),
    ("splashtop", "splashtop-streamer"),
    ("chrome-remote-desktop", "chrome-remote-desktop-host"),
    ("chrome-remote-desktop", "remoting_me2me_host"),
    ("nomachine", "nxnode.bin"),
    ("screenconnect", "connectwisecontrol"),
    ("meshcentral", "meshagent"),
    ("dwservice", "dwagent"),
    ("tunnel", "cloudflared"),
    ("tunnel", "ngrok"),
    ("tunnel", "frpc"),
];

/// Programs that listen on macOS and Windows: the start of the name, in small letters.
const LISTENING_ON_DESKTOPS: [(&str, &str); 24] = [
    ("sshd", "ssh"),
    ("screensharingd", "vnc"),
    ("ardagent", "apple-remote-desktop"),
    ("appleremotedesktop", "apple-remote-desktop"),
    ("vncserver", "vnc"),
    ("vncagent", "vnc"),
    ("winvnc", "vnc"),
    ("tvnserver", "vnc"),
    ("uvnc_service", "vnc"),
    ("termsrv", "rdp"),
    ("teamviewer", "teamviewer"),
    ("anydesk", "anydesk"),
    ("rustdesk", "rustdesk"),
    ("nxd", "nomachine"),
    ("nxserver", "nomachine"),
    ("pcoip", "hp-anyware"),
    ("parsecd", "parsec"),
    ("srserver", "splashtop"),
    ("srstreamer", "splashtop"),
    ("sunshine", "sunshine"),
    ("dcvserver", "nice-dcv"),
    ("dwrcs", "dameware"),
    ("tlntsvr", "telnet"),
    ("jumpconnect", "jump-desktop"),
];

/// Programs of macOS and Windows through whose provider others come in.
pub(crate) const CALLING_OUT_OF_DESKTOPS: [(&str, &str); 34] = [
    ("teamviewer", "TeamViewer_Service"),
    ("teamviewer", "TeamViewer"),
    ("teamviewer", "TeamViewer_Desktop"),
    ("teamviewer", "TeamViewer_Host"),
    ("teamviewer", "TeamViewerHost"),
    ("anydesk", "AnyDesk"),
    ("rustdesk", "RustDesk"),
    ("parsec", "parsecd"),
    ("parsec", "pservice"),
    ("splashtop", "SplashtopStreamer"),
    ("splashtop", "Splashtop Streamer"),
    ("splashtop", "SRStreamerDaemon"),
    ("splashtop", "SRManager"),
    ("splashtop", "SRService"),
    ("splashtop", "SRServer"),
    ("chrome-remote-desktop", "remoting_me2me_host"),
    ("chrome-remote-desktop", "remoting_host"),
    ("chrome-remote-desktop", "remote_assistance_host"),
    ("nomachine", "nxnode.bin"),
    ("nomachine", "nxnode"),
    ("screenconnect", "ScreenConnect.ClientService"),
    ("screenconnect", "connectwisecontrol"),
    ("logmein", "LogMeIn"),
    ("logmein", "LMIGuardianSvc"),
    ("meshcentral", "MeshAgent"),
    ("zoho-assist", "ZA_Connect"),
    ("beyondtrust", "bomgar-scc"),
    ("jump-desktop", "JumpConnect"),
    ("jump-desktop", "Jump Desktop Connect"),
    ("dwservice", "dwagent"),
    ("dwservice", "dwagsvc"),
    ("tunnel", "cloudflared"),
    ("tunnel", "ngrok"),
    ("tunnel", "frpc"),
];

/// The kind of the program with this process name.
pub(super) fn by_program(program: &str, platform: Platform) -> Option<&'static str> {
    if platform == Platform::Linux {
        return LISTENING.iter().find(|(start, _)| program.starts_with(start)).map(|one| one.1);
    }
    let program = program.to_ascii_lowercase();
    LISTENING_ON_DESKTOPS.iter().find(|(start, _)| program.starts_with(start)).map(|one| one.1)
}

/// The kind that a port is for and nothing else.
pub(super) fn by_port(port: u16, protocol: &str, platform: Platform) -> Option<&'static str> {
    match (port, protocol) {
        (3283, "tcp" | "udp") if platform == Platform::Macos => Some("apple-remote-desktop"),
        (5985 | 5986, "tcp") if platform == Platform::Windows => Some("winrm"),
        (22, "tcp") => Some("ssh"),
        (23, "tcp") => Some("telnet"),
        (512..=514, "tcp") => Some("rsh"),
        (3389, "tcp" | "udp") => Some("rdp"),
        (5800..=5809 | 5900..=5909, "tcp") => Some("vnc"),
        (6000..=6009, "tcp") => Some("x11"),
        _ => None,
    }
}

/// The kind that a port is known for, among other things that use it.
pub(super) fn by_shared_port(port: u16, protocol: &str) -> Option<&'static str> {
    match (port, protocol) {
        (5938, "tcp" | "udp") => Some("teamviewer"),
        (7070, "tcp") => Some("anydesk"),
        (4000, "tcp" | "udp") => Some("nomachine"),
        (4172, "tcp" | "udp") | (60443, "tcp") => Some("hp-anyware"),
        (6783..=6785, "tcp") => Some("splashtop"),
        (9090, "tcp") => Some("cockpit"),
        (10000, "tcp") => Some("webmin"),
        (21115..=21119, "tcp") => Some("rustdesk"),
        _ => None,
    }
}
