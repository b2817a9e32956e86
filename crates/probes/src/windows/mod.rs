//! What a Windows computer says of itself: one probe for each kind of fact.
pub(crate) mod pending_updates {
    use crate::look::Look;
    use closedset_core::fact::Body;
    pub(crate) fn probe(_: &Look<'_>) -> Body {
        Body::unreadable(
            "Closedset does not look at this on Windows yet; a person must say how it is",
        )
    }
}
pub(crate) mod software {
    use crate::look::Look;
    use closedset_core::fact::Body;
    pub(crate) fn probe(_: &Look<'_>) -> Body {
        Body::unreadable(
            "Closedset does not look at this on Windows yet; a person must say how it is",
        )
    }
}
pub(crate) mod screen_lock {
    use crate::look::Look;
    use closedset_core::fact::Body;
    pub(crate) fn probe(_: &Look<'_>) -> Body {
        Body::unreadable(
            "Closedset does not look at this on Windows yet; a person must say how it is",
        )
    }
}
pub(crate) mod disk_encryption {
    use crate::look::Look;
    use closedset_core::fact::Body;
    pub(crate) fn probe(_: &Look<'_>) -> Body {
        Body::unreadable(
            "Closedset does not look at this on Windows yet; a person must say how it is",
        )
    }
}
pub(crate) mod automatic_updates {
    use crate::look::Look;
    use closedset_core::fact::Body;
    pub(crate) fn probe(_: &Look<'_>) -> Body {
        Body::unreadable(
            "Closedset does not look at this on Windows yet; a person must say how it is",
        )
    }
}
pub(crate) mod host_firewall {
    use crate::look::Look;
    use closedset_core::fact::Body;
    pub(crate) fn probe(_: &Look<'_>) -> Body {
        Body::unreadable(
            "Closedset does not look at this on Windows yet; a person must say how it is",
        )
    }
}
pub(crate) mod storage_ports {
    use crate::look::Look;
    use closedset_core::fact::Body;
    pub(crate) fn probe(_: &Look<'_>) -> Body {
        Body::unreadable(
            "Closedset does not look at this on Windows yet; a person must say how it is",
        )
    }
}
pub(crate) mod remote_access {
    use crate::look::Look;
    use closedset_core::fact::Body;
    pub(crate) fn probe(_: &Look<'_>) -> Body {
        Body::unreadable(
            "Closedset does not look at this on Windows yet; a person must say how it is",
        )
    }
}
pub(crate) mod cloud_sync {
    use crate::look::Look;
    use closedset_core::fact::Body;
    pub(crate) fn probe(_: &Look<'_>) -> Body {
        Body::unreadable(
            "Closedset does not look at this on Windows yet; a person must say how it is",
        )
    }
}
pub(crate) mod wireless {
    use crate::look::Look;
    use closedset_core::fact::Body;
    pub(crate) fn probe(_: &Look<'_>) -> Body {
        Body::unreadable(
            "Closedset does not look at this on Windows yet; a person must say how it is",
        )
    }
}
pub(crate) mod ssh_server {
    use crate::look::Look;
    use closedset_core::fact::Body;
    pub(crate) fn probe(_: &Look<'_>) -> Body {
        Body::unreadable(
            "Closedset does not look at this on Windows yet; a person must say how it is",
        )
    }
}
pub(crate) mod local_accounts {
    use crate::look::Look;
    use closedset_core::fact::Body;
    pub(crate) fn probe(_: &Look<'_>) -> Body {
        Body::unreadable(
            "Closedset does not look at this on Windows yet; a person must say how it is",
        )
    }
}
pub(crate) mod time_sync {
    use crate::look::Look;
    use closedset_core::fact::Body;
    pub(crate) fn probe(_: &Look<'_>) -> Body {
        Body::unreadable(
            "Closedset does not look at this on Windows yet; a person must say how it is",
        )
    }
}
pub(crate) mod anti_malware {
    use crate::look::Look;
    use closedset_core::fact::Body;
    pub(crate) fn probe(_: &Look<'_>) -> Body {
        Body::unreadable(
            "Closedset does not look at this on Windows yet; a person must say how it is",
        )
    }
}
pub(crate) mod removable_drives {
    use crate::look::Look;
    use closedset_core::fact::Body;
    pub(crate) fn probe(_: &Look<'_>) -> Body {
        Body::unreadable(
            "Closedset does not look at this on Windows yet; a person must say how it is",
        )
    }
}
pub(crate) mod password_policy {
    use crate::look::Look;
    use closedset_core::fact::Body;
    pub(crate) fn probe(_: &Look<'_>) -> Body {
        Body::unreadable(
            "Closedset does not look at this on Windows yet; a person must say how it is",
        )
    }
}
pub(crate) mod hardware {
    use crate::look::Look;
    use closedset_core::fact::Body;
    pub(crate) fn probe(_: &Look<'_>) -> Body {
        Body::unreadable(
            "Closedset does not look at this on Windows yet; a person must say how it is",
        )
    }
}
pub(crate) mod operating_system {
    use crate::look::Look;
    use closedset_core::fact::Body;
    pub(crate) fn probe(_: &Look<'_>) -> Body {
        Body::unreadable(
            "Closedset does not look at this on Windows yet; a person must say how it is",
        )
    }
}
pub(crate) mod proxy {
    use crate::look::{Look, Why};
    pub(crate) fn proxy(_: &Look<'_>) -> Result<Option<String>, Why> {
        Err(Why::new("which proxy is used is not read"))
    }
}
