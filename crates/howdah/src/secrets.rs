//! Secrets of the server: from the environment or a file that it names, else made once in the project's private folder.

use std::path::Path;

use howdah_pg::Secret;

use crate::failure::Failure;
use crate::project::Project;

/// Signs and verifies bearer tokens.
pub(crate) const JWT: (&str, &str) = ("HOWDAH_JWT_SECRET", "jwt");
/// Signs checkpoints of the audit trail: the seed of an Ed25519 key.
pub(crate) const AUDIT: (&str, &str) = ("HOWDAH_AUDIT_KEY", "audit");
/// Mixed into passwords before they are hashed.
pub(crate) const PEPPER: (&str, &str) = ("HOWDAH_PASSWORD_PEPPER", "pepper");

/// The server that takes mails, with user name and password. Never made: it is somebody's.
pub(crate) const SMTP: &str = "HOWDAH_SMTP_URL";

/// The secret of a variable that nothing stands in for.
pub(crate) fn of_environment(variable: &str) -> Option<Secret> {
    std::env::var(variable).ok().filter(|value| !value.is_empty()).map(Secret::new)
}

/// The secret of that variable, of the file that the variable with `_FILE` behind it names or, in a project, of that name in
/// its private folder.
///
/// # Errors
/// The file cannot be read, or the private folder cannot be read or written.
pub(crate) fn find((variable, name): (&str, &str), project: Option<&Project>) -> Result<Option<Secret>, Failure> {
    if let Some(secret) = of_environment(variable) {
        return Ok(Some(secret));
    }
    if let Some(path) = std::env::var_os(format!("{variable}_FILE")).filter(|path| !path.is_empty()) {
        let path = Path::new(&path);
        let text = std::fs::read_to_string(path).map_err(|error| Failure::io("read", path, &error))?;
        return Ok(Some(Secret::new(text.trim().to_owned())));
    }
    project.map(|project| of_project(name, project)).transpose()
}

/// The project's own secret of that name, whatever the environment says.
///
/// # Errors
/// The private folder cannot be read or written.
pub(crate) fn of_project(name: &str, project: &Project) -> Result<Secret, Failure> {
    match howdah_cluster::secret(&project.state_folder(), name) {
        Ok(secret) => Ok(Secret::new(secret)),
        Err(error) => Err(Failure::new(error.code(), error.to_string())),
    }
}
