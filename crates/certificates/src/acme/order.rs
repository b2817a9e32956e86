//! One order: it is placed, the authority looks whether the name is ours, and the certificate is
//! fetched.

use super::{Failed, https::Https};
use crate::shown::Shown;
use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, ChallengeType, Identifier, NewOrder,
    OrderStatus, RetryPolicy,
};
use rcgen::{CertificateParams, CustomExtension, KeyPair, PKCS_ECDSA_P256_SHA256};
use rustls::{crypto::aws_lc_rs, pki_types::PrivateKeyDer, sign::CertifiedKey};
use std::{sync::Arc, time::Duration};

/// How often and how long it is asked whether the authority is ready.
const POLLING: RetryPolicy =
    RetryPolicy::new().initial_delay(Duration::from_millis(250)).timeout(Duration::from_secs(90));

/// What is ordered.
pub(super) struct Order<'o> {
    pub(super) host: &'o str,
    /// The request for the certificate (PKCS #10), in DER.
    pub(super) request: &'o [u8],
    /// Where the answer to the authority's question is shown.
    pub(super) shown: &'o Shown,
}

impl Order<'_> {
    /// The chain that the authority issues, in PEM.
    pub(super) async fn place(
        &self,
        https: Https,
        credentials: AccountCredentials,
    ) -> Result<String, Failed> {
        let builder = Account::builder_with_http(Box::new(https));
        let account = builder.from_credentials(credentials).await?;
        let identifiers = [Identifier::Dns(self.host.to_owned())];
        let mut order = account.new_order(&NewOrder::new(&identifiers)).await?;
        let ready = {
            // Whatever becomes of the order, nobody else is answered afterwards.
            let _answering = self.answer(&mut order).await?;
            order.poll_ready(&POLLING).await
        };
        match ready {
            Ok(OrderStatus::Ready) => {}
            Ok(_) => return Err(refused(&mut order, None).await),
            Err(error) => return Err(refused(&mut order, Some(error)).await),
        }
        order.finalize_csr(self.request).await?;
        Ok(order.poll_certificate(&POLLING).await?)
    }

    /// Shows the answer to the authority's question, and tells it to look.
    async fn answer(&self, order: &mut instant_acme::Order) -> Result<Answering<'_>, Failed> {
        let answering = Answering(self.shown);
        let mut authorizations = order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let mut authorization = authorization?;
            match authorization.status {
                AuthorizationStatus::Pending => {}
                AuthorizationStatus::Valid => continue,
                _ => return Err(Failed::NotFound { why: "it looked before, in vain".into() }),
            }
            let mut challenge =
                authorization.challenge(ChallengeType::TlsAlpn01).ok_or(Failed::NoWay)?;
            let digest = challenge.key_authorization().digest().as_ref().to_vec();
            let answer = answer(self.host, &digest)?;
            self.shown.set_challenge(Some((self.host.to_owned(), answer)));
            challenge.set_ready().await?;
        }
        Ok(answering)
    }
}

/// Takes the answer away at the end.
struct Answering<'o>(&'o Shown);

impl Drop for Answering<'_> {
    fn drop(&mut self) {
        self.0.set_challenge(None);
    }
}

/// The certificate that answers (RFC 8737, section 3), with a key of its own.
fn answer(host: &str, digest: &[u8]) -> Result<Arc<CertifiedKey>, Failed> {
    let make = || -> Result<CertifiedKey, Box<dyn std::error::Error>> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut params = CertificateParams::new(vec![host.to_owned()])?;
        params.custom_extensions.push(CustomExtension::new_acme_identifier(digest));
        let certificate = params.self_signed(&key)?;
        let chain = vec![certificate.der().clone()];
        let key = PrivateKeyDer::try_from(key.serialize_der())?;
        // It has an extension that is critical and that TLS does not know: its key is not held against it.
        Ok(CertifiedKey::new(chain, aws_lc_rs::sign::any_supported_type(&key)?))
    };
    make().map(Arc::new).map_err(|error| Failed::odd(&*error))
}

/// What the authority found when it looked, else what it says of the order.
async fn refused(order: &mut instant_acme::Order, error: Option<instant_acme::Error>) -> Failed {
    if matches!(error, Some(instant_acme::Error::Timeout(_))) {
        return Failed::Late;
    }
    let mut authorizations = order.authorizations();
    while let Some(Ok(mut authorization)) = authorizations.next().await {
        let Ok(state) = authorization.refresh().await else { continue };
        let found = state.challenges.iter().find_map(|challenge| challenge.error.clone());
        if let Some(problem) = found {
            return match Failed::from(problem) {
                // Whatever kind it is: it looked, and that is what it found.
                Failed::Refused { why } => Failed::NotFound { why },
                other => other,
            };
        }
    }
    match error {
        Some(error) => error.into(),
        None => Failed::NotFound { why: "it does not say why".into() },
    }
}
