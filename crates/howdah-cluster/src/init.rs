//! Makes a new data folder: all of it, or none.

use std::fs;
use std::path::Path;

use crate::account::Account;
use crate::error::{ClusterError, IoContext, Result};
use crate::files;
use crate::find::Install;
use crate::layout::Layout;
use crate::process;

/// The bootstrap superuser.
pub(crate) const ADMIN: &str = "howdah_admin";
const PASSWORD_FILE: &str = ".password-";
/// How the folders begin in which initdb works; what is found under such a name is refuse.
pub(crate) const UNFINISHED: &str = "data.unfinished-";
/// The file in the data folder that says whose it is.
const MARKER: &str = "howdah.id";

/// Runs initdb beside the final place and renames the result there when nothing is missing. A folder that an
/// interrupted run left behind is therefore never taken for a cluster; it is removed here.
pub(crate) fn init(
    layout: &Layout,
    account: &Account,
    install: &Install,
    throwaway: bool,
    id: &str,
    password: &str,
) -> Result<()> {
    remove_unfinished(layout);
    // A name of its own: initdb of a killed Howdah may still be writing into an older one.
    let work = layout.base.join(format!("{UNFINISHED}{}-{}", std::process::id(), &crate::secrets::random_hex()[..8]));
    account.own_dir(&work)?;
    let result = fill(layout, &work, account, install, throwaway, id, password);
    if result.is_err() {
        let _ = fs::remove_dir_all(&work);
    }
    result
}

fn remove_unfinished(layout: &Layout) {
    for entry in fs::read_dir(&layout.base).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(UNFINISHED) {
            tracing::info!(folder = %entry.path().display(), "removing an unfinished data folder");
            process::end_workers(&entry.path());
            let _ = fs::remove_dir_all(entry.path());
        } else if name.starts_with(PASSWORD_FILE) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn fill(
    layout: &Layout,
    work: &Path,
    account: &Account,
    install: &Install,
    throwaway: bool,
    id: &str,
    password: &str,
) -> Result<()> {
    let password_file = layout.base.join(format!("{PASSWORD_FILE}{}", std::process::id()));
    let _ = fs::remove_file(&password_file);
    let result = files::write_new(&password_file, password.as_bytes(), 0o600, Some(account))
        .and_then(|()| run_initdb(work, account, install, throwaway, &password_file));
    let _ = fs::remove_file(&password_file);
    result?;

    let conf = work.join("postgresql.conf");
    let mut text = fs::read_to_string(&conf).on("reading", &conf)?;
    text.push_str(
        "\n# Howdah's settings for this machine, written anew at every start; then your own.\n\
         include_if_exists = 'howdah.conf'\ninclude_if_exists = 'custom.conf'\n",
    );
    files::replace(&conf, text.as_bytes(), 0o600, Some(account))?;
    files::write_new(&work.join(MARKER), format!("{id}\n").as_bytes(), 0o600, Some(account))?;
    files::sync_dir(work)?;
    let data = layout.data();
    fs::rename(work, &data).on("creating", &data)?;
    files::sync_dir(&layout.base)
}

/// How text is sorted and which characters are letters.
///
/// Sorting is by code point everywhere: the same order on every system and after every system update (an update of glibc
/// or ICU that changes its order corrupts indexes), and the fastest. Letters are Unicode's, so that lower() and ILIKE work
/// beyond ASCII. From PostgreSQL 17 on that is built in; before, it is glibc's and musl's C.UTF-8, on macOS "UTF-8" for
/// letters alone; plain C (letters are ASCII's) is left for systems with none of them. Who wants a language's order says
/// so on a column or in ORDER BY (COLLATE "und-x-icu", "de-x-icu").
fn locale_choices(major: u16) -> Vec<Vec<&'static str>> {
    let mut choices = Vec::new();
    if major >= 17 {
        choices.push(vec!["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]);
    }
    choices.push(vec!["--locale=C.UTF-8"]);
    choices.push(vec!["--locale=C", "--lc-ctype=UTF-8"]);
    choices.push(vec!["--locale=C", "--lc-ctype=en_US.UTF-8"]);
    choices.push(vec!["--locale=C"]);
    choices
}

fn run_initdb(work: &Path, account: &Account, install: &Install, throwaway: bool, password_file: &Path) -> Result<()> {
    let mut last_output = String::new();
    for locale in locale_choices(install.version.major) {
        let mut command = account.command(&install.program("initdb"));
        command.arg("-D").arg(work).args(["-U", ADMIN, "--encoding=UTF8", "--data-checksums"]);
        command.args(["--auth-host=scram-sha-256", "--auth-local=scram-sha-256", "--lc-messages=C"]).args(&locale);
        command.arg({
            let mut argument = std::ffi::OsString::from("--pwfile=");
            argument.push(password_file);
            argument
        });
        // initdb itself works unsynced and syncs everything once at its end.
        if throwaway {
            command.arg("--no-sync");
        }
        let out = command.output().on("starting", &install.program("initdb"))?;
        if out.status.success() {
            return Ok(());
        }
        last_output = format!("{}\n{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        let unknown_locale = last_output.contains("invalid locale") || last_output.contains("could not be created");
        if !unknown_locale {
            break;
        }
    }
    Err(explain(work, &last_output))
}

fn explain(work: &Path, output: &str) -> ClusterError {
    if output.contains("No space left on device") || output.contains("Disk quota exceeded") {
        return ClusterError::NoSpace { path: work.parent().unwrap_or(work).to_path_buf(), doing: "initdb" };
    }
    let lines: Vec<&str> = output.lines().filter(|line| !line.trim().is_empty()).collect();
    ClusterError::Init { path: work.to_path_buf(), output: lines[lines.len().saturating_sub(12)..].join("\n") }
}

/// What stands where the data folder goes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Nothing,
    /// A finished data folder of Howdah's.
    Ours {
        id: String,
        major: u16,
    },
    /// Anything else, described.
    Other(String),
}

pub(crate) fn examine(data: &Path) -> Result<Found> {
    match fs::symlink_metadata(data) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Found::Nothing),
        Err(e) => return Err(ClusterError::io("reading", data, e)),
        Ok(meta) if !meta.is_dir() => return Ok(Found::Other("a file or a link".into())),
        Ok(_) => {}
    }
    if crate::place::is_empty(data) {
        return Ok(Found::Nothing);
    }
    let read = |name: &str| -> Result<Option<String>> {
        let path = data.join(name);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text.trim().to_owned())),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(ClusterError::io("reading", &path, e)),
        }
    };
    Ok(match (read(MARKER)?, read("PG_VERSION")?) {
        (Some(id), Some(version)) => match version.parse() {
            Ok(major) => Found::Ours { id, major },
            Err(_) => Found::Other(format!("a data folder whose PG_VERSION says {version:?}")),
        },
        (None, Some(version)) => Found::Other(format!("a PostgreSQL {version} data folder")),
        (_, None) => Found::Other("files that are no PostgreSQL data folder".into()),
    })
}

/// Gives the superuser a password without asking for the old one, on a stopped server: the file with the old one is gone.
pub(crate) fn set_admin_password(data: &Path, account: &Account, install: &Install, password: &str) -> Result<()> {
    use std::io::Write;
    use std::process::Stdio;
    let postgres = install.program("postgres");
    let mut command = account.command(&postgres);
    command.args(["--single", "-c", "logging_collector=off", "-D"]).arg(data).arg("postgres");
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().on("starting", &postgres)?;
    if let Some(mut stdin) = child.stdin.take() {
        // The password is hexadecimal digits: nothing in it needs quoting.
        let statement = format!("ALTER ROLE {ADMIN} PASSWORD '{password}'\n");
        stdin.write_all(statement.as_bytes()).on("starting", &postgres)?;
    }
    let out = child.wait_with_output().on("starting", &postgres)?;
    let stderr = String::from_utf8_lossy(&out.stderr);
    if out.status.success() && !stderr.contains("ERROR:") {
        return Ok(());
    }
    Err(ClusterError::Init { path: data.to_path_buf(), output: stderr.trim().to_owned() })
}
