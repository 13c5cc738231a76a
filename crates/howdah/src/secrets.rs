//! Secrets of the server: from the environment, else made once in the project's private folder.

use howdah_pg::Secret;

use crate::failure::Failure;
use crate::project::Project;

/// Signs and verifies bearer tokens.
pub(crate) const JWT: (&str, &str) = ("HOWDAH_JWT_SECRET", "jwt");
/// Mixed into passwords before they are hashed.
pub(crate) const PEPPER: (&str, &str) = ("HOWDAH_PASSWORD_PEPPER", "pepper");

/// The server that takes mails, with user name and password. Never made: it is somebody's.
pub(crate) const SMTP: &str = "HOWDAH_SMTP_URL";

/// The secret of a variable that nothing stands in for.
pub(crate) fn of_environment(variable: &str) -> Option<Secret> {
    std::env::var(variable).ok().filter(|value| !value.is_empty()).map(Secret::new)
}

/// The secret of that variable or, in a project, of that name in its private folder.
///
/// # Errors
/// The private folder cannot be read or written.
pub(crate) fn find((variable, name): (&str, &str), project: Option<&Project>) -> Result<Option<Secret>, Failure> {
    if let Some(secret) = of_environment(variable) {
        return Ok(Some(secret));
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
