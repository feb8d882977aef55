//! Notices of a topic.

use std::fs;
use std::process::Command;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};

use super::kafka::broker::{Broker, fresh};
use super::mailbox::Mail;
use super::server::Server;
use super::stand::{Said, address, low_balance, path, said, terminate, until};

/// In a transaction of its own, which is taken back if it is not to be.
fn publish(topic: &str, partition: i32, ordinals: std::ops::Range<usize>, committed: bool) {
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", Broker::shared().bootstrap())
        .set("transactional.id", fresh("notices"))
        .create()
        .unwrap();
    let patience = Duration::from_secs(30);
    producer.init_transactions(patience).unwrap();
    producer.begin_transaction().unwrap();
    for ordinal in ordinals {
        producer.send(BaseRecord::to(topic).partition(partition).key("SE-1").payload(&low_balance("SE-1", ordinal))).unwrap();
    }
    producer.flush(patience).unwrap();
    if committed { producer.commit_transaction(patience).unwrap() } else { producer.abort_transaction(patience).unwrap() }
}

fn ordinals(mails: &[Mail]) -> Vec<u64> {
    let mut found: Vec<u64> = mails.iter().flat_map(Mail::notices).map(|notice| notice["ordinal"].as_u64().unwrap()).collect();
    found.sort_unstable();
    found
}

#[test]
fn committed_notices_of_all_partitions_are_sent_once() {
    let (server, to, dir) = (Server::shared(), address("kafka"), tempfile::tempdir().unwrap());
    let settings = Broker::shared().topics("notify", 2);
    let topic = settings.topics.notices.clone();
    let file = dir.path().join("tally.toml");
    let text = format!(
        "[kafka]\nbootstrap = \"{}\"\n\n[topics]\nusage_notices = \"{topic}\"\n\n[notify]\nfrom = \"tally@kommun.example\"\n\
         [[notify.route]]\nto = [\"{to}\"]\n[notify.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\n",
        Broker::shared().bootstrap(),
        server.ports.smtp
    );
    fs::write(&file, &text).unwrap();
    let command = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tally"));
        command.args(["notify", "--config", path(&file)]).args(args);
        command
    };
    let run = |args: &[&str]| -> Said { said(&mut command(args)) };
    publish(&topic, 0, 1..21, true);
    publish(&topic, 1, 21..31, true);
    publish(&topic, 1, 900..910, false);
    let first = run(&["--json"]);
    assert_eq!((first.code, first.sums()["mails"].as_u64()), (Some(0), Some(30)), "{}", first.stderr);
    assert_eq!(ordinals(&server.mails(&to)), (1..31).collect::<Vec<u64>>());
    assert_eq!(run(&["--json"]).sums()["notices"], 0);

    // As it grows, with kills between.
    let mut kills = 0;
    let mut running = command(&["--follow"]).spawn().unwrap();
    for round in 0..4_usize {
        let begin = 31 + round * 10;
        publish(&topic, i32::try_from(round % 2).unwrap(), begin..begin + 10, true);
        until("some of them", || server.mails(&to).len() > 30 + round * 10);
        running.kill().unwrap();
        running.wait().unwrap();
        kills += 1;
        running = command(&["--follow"]).spawn().unwrap();
    }
    until("all of them", || ordinals(&server.mails(&to)).iter().collect::<std::collections::BTreeSet<_>>().len() == 70);
    terminate(&running);
    assert_eq!(running.wait().unwrap().code(), Some(0));
    let mails = server.mails(&to);
    let ids: std::collections::BTreeSet<&str> = mails.iter().map(Mail::id).collect();
    assert_eq!(ids.len(), 70);
    assert!(mails.len() - ids.len() <= kills, "{} mails, {kills} kills", mails.len());

    // The state is that of this topic: it knows another one, or one that was made anew.
    fs::write(&file, text.replace(&topic, "another")).unwrap();
    let other = run(&[]);
    assert!(other.code == Some(1) && other.stderr.contains("belongs to the notices of"), "{}", other.stderr);
    fs::write(&file, &text).unwrap();
    let progress = dir.path().join("notify/progress.json");
    let ahead = fs::read_to_string(&progress).unwrap().replacen("\"0\":", "\"0\":9", 1);
    fs::write(&progress, ahead).unwrap();
    let anew = run(&[]);
    assert!(anew.code == Some(1) && anew.stderr.contains("the topic was made anew"), "{}", anew.stderr);
}
