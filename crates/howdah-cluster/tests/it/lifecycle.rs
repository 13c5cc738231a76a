use std::time::Instant;

use howdah_cluster::{Cluster, ClusterOptions, ClusterState, Silent, Started};

use crate::support::{Project, install, query};

#[test]
fn from_nothing_to_an_answer_and_back() {
    let project = Project::new();
    let begun = Instant::now();
    let cluster = Cluster::open(&project.root(), install(), ClusterOptions::default()).unwrap();
    let opened = begun.elapsed();
    assert_eq!(cluster.start(&Silent).unwrap(), Started::New);
    let started = begun.elapsed();
    assert_eq!(query(&cluster.superuser_url("postgres"), "select current_user").unwrap(), "howdah_admin");
    println!("open {opened:?}, started {started:?}, answered {:?}", begun.elapsed());
    assert!(begun.elapsed().as_secs() < 8);
    assert_eq!(query(&cluster.superuser_socket_url("postgres"), "show data_checksums").unwrap(), "on");
    let status = cluster.status().unwrap();
    assert!(matches!(status.state, ClusterState::Running { port, .. } if port == cluster.port()), "{status:?}");
    assert!(status.data_bytes > 20 << 20 && status.wal_bytes >= 16 << 20 && status.log_bytes > 0, "{status:?}");

    assert_eq!(cluster.start(&Silent).unwrap(), Started::Adopted);
    let begun = Instant::now();
    cluster.stop().unwrap();
    println!("stopped in {:?}", begun.elapsed());
    assert_eq!(cluster.status().unwrap().state, ClusterState::Stopped);
    let begun = Instant::now();
    assert_eq!(cluster.start(&Silent).unwrap(), Started::New);
    println!("warm start {:?}", begun.elapsed());
}
