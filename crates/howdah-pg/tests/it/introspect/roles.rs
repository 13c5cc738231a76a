//! What is read of roles.

use crate::support::{assert_same, catalog};
use howdah_schema::catalog::Membership;
use howdah_testkit::TestDb;

#[tokio::test]
async fn those_mentioned_and_those_above_them() {
    let db = TestDb::empty().await;
    let client = db.client_superuser().await;
    // Roles are the server's, and other tests run beside this one.
    let prefix = format!("introspected_{}", std::process::id());
    let [app, team, boss, other] = ["app", "team", "boss", "other"].map(|name| format!("{prefix}_{name}"));
    let sql = format!(
        "create role {boss} noinherit createdb; create role {team}; create role {other};
         create role {app} login connection limit 5 valid until '2031-05-01 12:00+02' password 'secret' bypassrls;
         alter role {app} set statement_timeout = '5s'; alter role {app} in database postgres set work_mem = '1MB';
         comment on role {app} is 'The application.';
         grant {team} to {app}; grant {boss} to {team} with admin option; grant pg_monitor to {boss};
         create table public.t (id int); grant select on public.t to {app};"
    );
    client.batch_execute(&sql).await.unwrap();
    let found = catalog(&client).await;
    let plain = catalog(&db.client_owner().await).await;
    let drop = format!("drop table public.t; drop role {app}, {team}, {boss}, {other}");
    client.batch_execute(&drop).await.unwrap();

    assert_same(&found, &plain);
    assert_eq!((found.current_role.as_str(), plain.current_role.as_str()), ("howdah_admin", "howdah_owner"));
    let role = &found.roles[&app];
    assert!(role.login && role.inherit && role.bypass_rls && !role.superuser && !role.create_db && !role.create_role);
    assert_eq!((role.connection_limit, role.valid_until.as_deref()), (5, Some("2031-05-01 10:00:00+00")));
    assert_eq!(role.config.iter().collect::<Vec<_>>(), [(&"statement_timeout".to_owned(), &"5s".to_owned())]);
    assert_eq!(role.comment.text(), "The application.");
    let since_16 = (found.postgres_major >= 16).then_some(true);
    let member = |admin| Membership { admin, inherit: since_16, set: since_16 };
    assert_eq!(role.member_of.iter().collect::<Vec<_>>(), [(&team, &member(false))]);
    assert_eq!(found.roles[&team].member_of.iter().collect::<Vec<_>>(), [(&boss, &member(true))]);
    let boss = &found.roles[&boss];
    assert!(!boss.inherit && boss.create_db && !boss.login);
    assert!(boss.member_of.contains_key("pg_monitor") && !found.roles.contains_key("pg_monitor"));
    assert!(!found.roles.contains_key(&other) && found.server_roles.contains(&other));
    assert!(!serde_json::to_string(&found).unwrap().contains("secret"));
}
