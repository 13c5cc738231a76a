//! Why a token is refused, and why a key cannot be used.

use http::{HeaderValue, StatusCode, header};

use crate::ApiError;

/// Why a token is refused. Messages are PostgREST's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwtError {
    /// There is no key to check it with.
    #[error("Server lacks JWT secret")]
    NoKeys,
    /// There is none where one should be.
    #[error("Empty JWT is sent in Authorization header")]
    Empty,
    /// It is longer than any token is.
    #[error("The JWT is too long")]
    TooLong,
    /// It is no JWT at all; with the number of parts that it has.
    #[error("Expected 3 parts in JWT; got {0}")]
    Parts(usize),
    /// One of its parts cannot be read.
    #[error("JWT couldn't be decoded")]
    Malformed,
    /// It names no algorithm that is known here, such as `none`, or relies on a header that is not (`crit`).
    #[error("Wrong or unsupported encoding algorithm")]
    WrongAlgorithm,
    /// No key is for its algorithm and of its `kid`.
    #[error("No suitable key or wrong key type")]
    NoSuitableKey,
    /// The signature is of none of the keys.
    #[error("No suitable key or wrong key type")]
    WrongSignature,
    /// Its claims are no JSON object.
    #[error("Parsing claims failed")]
    Claims,
    /// Its `exp` has passed.
    #[error("JWT expired")]
    Expired,
    /// Its `nbf` has not come yet.
    #[error("JWT not yet valid")]
    NotYetValid,
    /// Its `iat` has not come yet.
    #[error("JWT issued at future")]
    IssuedInFuture,
    /// It is for somebody else.
    #[error("JWT not in audience")]
    WrongAudience,
    /// Somebody else has made it.
    #[error("JWT not from the expected issuer")]
    WrongIssuer,
    /// It lacks a claim that is required here.
    #[error("The JWT lacks the required claim '{0}'")]
    MissingClaim(&'static str),
    /// `exp`, `nbf` or `iat` is no number.
    #[error("The JWT '{0}' claim must be a number")]
    NotNumber(&'static str),
    /// `aud` is neither of what it may be.
    #[error("The JWT 'aud' claim must be a string or an array of strings")]
    AudienceType,
    /// The session that it was issued for is over, or its account's tokens were all ended.
    #[error("The session of this JWT has ended")]
    SessionEnded,
    /// No key can sign: all of them only verify.
    #[error("None of the server's keys can sign tokens")]
    NoSigningKey,
}

impl JwtError {
    /// Stable, for logs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoKeys => "jwt-no-keys",
            Self::Empty => "jwt-empty",
            Self::TooLong => "jwt-too-long",
            Self::Parts(_) | Self::Malformed | Self::Claims => "jwt-malformed",
            Self::WrongAlgorithm => "jwt-wrong-algorithm",
            Self::NoSuitableKey => "jwt-no-suitable-key",
            Self::WrongSignature => "jwt-wrong-signature",
            Self::Expired => "jwt-expired",
            Self::NotYetValid => "jwt-not-yet-valid",
            Self::IssuedInFuture => "jwt-issued-in-future",
            Self::WrongAudience | Self::AudienceType => "jwt-wrong-audience",
            Self::WrongIssuer => "jwt-wrong-issuer",
            Self::MissingClaim(_) => "jwt-missing-claim",
            Self::NotNumber(_) => "jwt-claim-type",
            Self::SessionEnded => "jwt-session-ended",
            Self::NoSigningKey => "jwt-no-signing-key",
        }
    }

    /// PostgREST's code: 300 no secret, 301 cannot be decoded or verified, 303 its claims do not hold.
    fn pgrst(&self) -> &'static str {
        match self {
            Self::NoKeys | Self::NoSigningKey => "PGRST300",
            Self::Empty
            | Self::TooLong
            | Self::Parts(_)
            | Self::Malformed
            | Self::WrongAlgorithm
            | Self::NoSuitableKey
            | Self::WrongSignature => "PGRST301",
            Self::Claims
            | Self::Expired
            | Self::NotYetValid
            | Self::IssuedInFuture
            | Self::WrongAudience
            | Self::WrongIssuer
            | Self::MissingClaim(_)
            | Self::NotNumber(_)
            | Self::AudienceType
            | Self::SessionEnded => "PGRST303",
        }
    }

    fn details(&self) -> Option<&'static str> {
        match self {
            Self::NoSuitableKey => Some("No suitable key was found to decode the JWT"),
            Self::WrongSignature => Some("None of the keys was able to decode the JWT"),
            _ => None,
        }
    }
}

impl From<JwtError> for ApiError {
    fn from(error: JwtError) -> Self {
        tracing::info!(code = error.code(), "token refused");
        let message = error.to_string();
        let mut api = match error {
            JwtError::NoKeys | JwtError::NoSigningKey => {
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, error.pgrst(), message)
            }
            _ => {
                let challenge = format!("Bearer error=\"invalid_token\", error_description=\"{message}\"");
                // All messages are plain ASCII without quotes; were one not, the bare challenge would do.
                let challenge = HeaderValue::try_from(challenge).unwrap_or(HeaderValue::from_static("Bearer"));
                Self::new(StatusCode::UNAUTHORIZED, error.pgrst(), message)
                    .with_header(header::WWW_AUTHENTICATE, challenge)
            }
        };
        api.details = error.details().map(|details| Box::new(details.into()));
        api
    }
}

/// Why a key, or what names the role, cannot be used. Found when the server starts or its settings are read again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The secret is too short to be one.
    #[error("the JWT secret has {0} bytes; it needs at least 32. Make one with `openssl rand -hex 32`")]
    ShortSecret(usize),
    /// It is not the base64 that it is said to be.
    #[error("the JWT secret is not valid base64, although it is said to be: check it, or say that it is plain text")]
    Base64,
    /// A PEM file's text. As a secret it would be one that everybody knows.
    #[error("the JWT secret is a PEM file: give the public key as a JSON Web Key ({{\"kty\": …}})")]
    Pem,
    /// It begins like a JSON Web Key and is not JSON.
    #[error("the JWT secret begins with {{ but is no JSON Web Key or set of them: {0}")]
    Json(String),
    /// One key of a set is malformed.
    #[error("the JSON Web Key at {place} cannot be used: {reason}")]
    #[expect(missing_docs, reason = "where in the set, and what is wrong")]
    Jwk { place: String, reason: String },
    /// Keys, and none of them for this.
    #[error(
        "none of the JSON Web Keys can verify tokens: they are for encryption or of an algorithm that is not supported \
         (HS256/384/512, RS256/384/512, PS256/384/512, ES256/384 and EdDSA are)"
    )]
    NothingUsable,
    /// The path to the role within the claims.
    #[error("the role claim key is malformed at character {at}: {reason}")]
    #[expect(missing_docs, reason = "counted from 1, and what was expected there")]
    RolePath { at: usize, reason: &'static str },
}

impl KeyError {
    /// Stable, for logs and for the command line's errors.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ShortSecret(_) => "jwt-short-secret",
            Self::Base64 => "jwt-secret-base64",
            Self::Pem => "jwt-secret-pem",
            Self::Json(_) | Self::Jwk { .. } => "jwt-jwk-malformed",
            Self::NothingUsable => "jwt-jwk-unusable",
            Self::RolePath { .. } => "jwt-role-claim-key",
        }
    }
}
