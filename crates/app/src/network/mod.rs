//! How the server is reached, and by which certificate: the way to a name on the network and a
//! certificate that browsers trust. The certificates themselves are kept by `closedset_certificates`;
//! here stands who may see and change them, and what is written down.

mod change;
mod keep;
mod reached;
mod remind;

pub use closedset_certificates::{
    Agreement, Facts, Failure, LETS_ENCRYPT, Material, NewAgreement, Way,
};

pub(crate) use change::acme_hold;
pub use change::{acme_agree, acme_renew, certificate_own, certificate_request, certificate_use};
pub use keep::keep;
pub use reached::{Reached, Reaching, Standing, reached, reached_at_the_server, standing};
pub use remind::CERTIFICATE_TASK;
