//! Errors as Supabase's clients read them: `{"code": 400, "error_code": "invalid_credentials", "msg": "…"}`.
//!
//! The codes are those that Supabase Auth documents ("Error codes"); a client branches on them, so none is ever renamed.

use axum::response::{IntoResponse, Response};
use howdah_http::ApiError;
use howdah_pg::lane::LaneError;
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

macro_rules! codes {
    ($($name:ident $text:literal $status:ident),* $(,)?) => {
        /// What went wrong, as a client may branch on it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each is the code that it is written as, documented by Supabase")]
        pub enum ErrorCode { $($name),* }

        impl ErrorCode {
            /// As it stands in `error_code`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// The status that goes with it.
            pub fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status),* }
            }
        }
    };
}

codes! {
    AccountsOff "accounts_off" NOT_FOUND,
    AnonymousProviderDisabled "anonymous_provider_disabled" UNPROCESSABLE_ENTITY,
    BadCodeVerifier "bad_code_verifier" BAD_REQUEST,
    BadJson "bad_json" BAD_REQUEST,
    BadJwt "bad_jwt" FORBIDDEN,
    Conflict "conflict" CONFLICT,
    EmailAddressInvalid "email_address_invalid" BAD_REQUEST,
    EmailExists "email_exists" UNPROCESSABLE_ENTITY,
    EmailNotConfirmed "email_not_confirmed" BAD_REQUEST,
    EmailProviderDisabled "email_provider_disabled" UNPROCESSABLE_ENTITY,
    FlowStateNotFound "flow_state_not_found" NOT_FOUND,
    InsufficientAal "insufficient_aal" FORBIDDEN,
    InvalidCredentials "invalid_credentials" BAD_REQUEST,
    InviteNotFound "invite_not_found" NOT_FOUND,
    MfaChallengeExpired "mfa_challenge_expired" UNPROCESSABLE_ENTITY,
    MfaFactorNameConflict "mfa_factor_name_conflict" UNPROCESSABLE_ENTITY,
    MfaFactorNotFound "mfa_factor_not_found" NOT_FOUND,
    MfaIpAddressMismatch "mfa_ip_address_mismatch" UNPROCESSABLE_ENTITY,
    MfaRecoveryCodesLocked "mfa_recovery_codes_locked" TOO_MANY_REQUESTS,
    MfaRecoveryCodesSoleFactor "mfa_recovery_codes_sole_factor" UNPROCESSABLE_ENTITY,
    MfaTotpEnrollNotEnabled "mfa_totp_enroll_not_enabled" UNPROCESSABLE_ENTITY,
    MfaTotpVerifyNotEnabled "mfa_totp_verify_not_enabled" UNPROCESSABLE_ENTITY,
    MfaVerificationFailed "mfa_verification_failed" UNPROCESSABLE_ENTITY,
    MfaVerificationRejected "mfa_verification_rejected" FORBIDDEN,
    MfaVerifiedFactorExists "mfa_verified_factor_exists" UNPROCESSABLE_ENTITY,
    NoAuthorization "no_authorization" UNAUTHORIZED,
    NotAdmin "not_admin" FORBIDDEN,
    OtpDisabled "otp_disabled" UNPROCESSABLE_ENTITY,
    OtpExpired "otp_expired" FORBIDDEN,
    OverEmailSendRateLimit "over_email_send_rate_limit" TOO_MANY_REQUESTS,
    OverRequestRateLimit "over_request_rate_limit" TOO_MANY_REQUESTS,
    ReauthenticationNeeded "reauthentication_needed" UNPROCESSABLE_ENTITY,
    ReauthenticationNotValid "reauthentication_not_valid" UNPROCESSABLE_ENTITY,
    RefreshTokenAlreadyUsed "refresh_token_already_used" BAD_REQUEST,
    RefreshTokenNotFound "refresh_token_not_found" BAD_REQUEST,
    RequestTimeout "request_timeout" GATEWAY_TIMEOUT,
    SamePassword "same_password" UNPROCESSABLE_ENTITY,
    SessionExpired "session_expired" BAD_REQUEST,
    SessionNotFound "session_not_found" FORBIDDEN,
    SignupDisabled "signup_disabled" UNPROCESSABLE_ENTITY,
    TooManyEnrolledMfaFactors "too_many_enrolled_mfa_factors" UNPROCESSABLE_ENTITY,
    UnexpectedAudience "unexpected_audience" BAD_REQUEST,
    UnexpectedFailure "unexpected_failure" INTERNAL_SERVER_ERROR,
    UnsupportedGrantType "unsupported_grant_type" BAD_REQUEST,
    UserAlreadyExists "user_already_exists" UNPROCESSABLE_ENTITY,
    UserBanned "user_banned" FORBIDDEN,
    UserNotFound "user_not_found" NOT_FOUND,
    ValidationFailed "validation_failed" BAD_REQUEST,
    WeakPassword "weak_password" UNPROCESSABLE_ENTITY,
}

/// An error on its way to the client. Its message is the client's to see: it holds no internals and never says whether
/// an account exists.
#[derive(Debug, Clone)]
pub struct AuthError {
    /// The HTTP status.
    pub status: StatusCode,
    error_code: String,
    message: String,
    /// What stands beside the three fields in the body.
    more: Vec<(&'static str, Value)>,
    headers: Vec<(HeaderName, HeaderValue)>,
    inner: Option<Box<ApiError>>,
}

impl AuthError {
    /// An error with the usual status of its code.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self::with_code(code.status(), code.as_str(), message)
    }

    fn with_code(status: StatusCode, error_code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            error_code: error_code.to_owned(),
            message: message.into(),
            more: Vec::new(),
            headers: Vec::new(),
            inner: None,
        }
    }

    /// With another field in the body, such as `weak_password`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: Value) -> Self {
        self.more.push((name, value));
        self
    }

    /// With a response header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// As it stands in `error_code`.
    pub fn code(&self) -> &str {
        &self.error_code
    }

    /// What a client is told.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// One answer for a wrong password, an unknown address and a closed account: nothing to enumerate.
    pub fn invalid_credentials() -> Self {
        Self::new(ErrorCode::InvalidCredentials, "Invalid login credentials")
    }

    /// Something inside went wrong; whoever says so logs what it was.
    pub fn internal() -> Self {
        Self::new(ErrorCode::UnexpectedFailure, "An unexpected error; see the server's log.")
    }

    /// A field of the request is missing or is not what it must be.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::ValidationFailed, message)
    }

    /// Too often; `wait` is in seconds.
    pub fn too_often(code: ErrorCode, wait: u64) -> Self {
        let message = format!("Too many requests: try again in {wait} s");
        Self::new(code, message).with_header(header::RETRY_AFTER, HeaderValue::from(wait))
    }
}

impl From<ApiError> for AuthError {
    fn from(error: ApiError) -> Self {
        if error.status.is_server_error() && error.status != StatusCode::SERVICE_UNAVAILABLE {
            // What went wrong inside is in the log.
            return Self::internal();
        }
        let mut auth = Self::with_code(error.status, &error.code, error.message.as_str());
        auth.inner = Some(Box::new(error));
        auth
    }
}

impl From<&LaneError> for AuthError {
    fn from(error: &LaneError) -> Self {
        // No such role, schema, table or column: the database is not one with accounts, or with older ones.
        if let Some(refused) =
            error.database().filter(|e| matches!(e.code.as_str(), "22023" | "42501" | "3F000" | "42P01" | "42703"))
        {
            tracing::warn!(sqlstate = refused.code, message = refused.message, "the database has no such accounts");
            let message = "This database has no accounts: it lacks the schema auth or the role howdah_auth, or they are \
                           of another version";
            return Self::new(ErrorCode::AccountsOff, message);
        }
        if let Some(refused) = error.database() {
            // What the caller sent is checked before it gets here; what PostgreSQL says names tables of ours.
            tracing::error!(sqlstate = refused.code, message = refused.message, "a statement on accounts was refused");
            return Self::internal();
        }
        Self::from(ApiError::from_lane(error, false))
    }
}

impl IntoResponse for AuthError {
    fn into_response(self) -> Response {
        let mut body = json!({ "code": self.status.as_u16(), "error_code": self.error_code, "msg": self.message });
        for (name, value) in self.more {
            body[name] = value;
        }
        let mut response = (self.status, axum::Json(body)).into_response();
        let headers = response.headers_mut();
        if let Some(inner) = self.inner {
            // Retry-After and the like.
            for (name, value) in inner.into_response().headers() {
                if name != header::CONTENT_LENGTH && name != header::CONTENT_TYPE {
                    headers.insert(name, value.clone());
                }
            }
        }
        headers.extend(self.headers);
        response
    }
}
