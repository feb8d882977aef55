//! Encrypted, or not at all.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::server::Server;
use super::stand::{Stand, address, low_balance, path};

/// A certificate for localhost, and the one that vouches for it (`ca.pem`).
fn certificates(dir: &Path) {
    let keytool = |args: &[&str], input: &str, output: &str| {
        let mut command = Command::new("keytool");
        command.current_dir(dir).args(args).args(["-storetype", "PKCS12", "-storepass", "changeit", "-noprompt"]);
        if !input.is_empty() {
            command.args(["-file", input]);
        }
        let done = command.output().unwrap();
        assert!(done.status.success(), "keytool {args:?}: {}", String::from_utf8_lossy(&done.stdout));
        if !output.is_empty() {
            fs::write(dir.join(output), done.stdout).unwrap();
        }
    };
    let key = ["-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "3650"];
    keytool(&[&key[..], &["-alias", "ca", "-dname", "CN=a test's own", "-ext", "bc:c", "-keystore", "ca.p12"]].concat(), "", "");
    keytool(&[&key[..], &["-alias", "server", "-dname", "CN=localhost", "-keystore", "server.p12"]].concat(), "", "");
    keytool(&["-certreq", "-alias", "server", "-keystore", "server.p12"], "", "server.csr");
    let sign = [
        "-gencert",
        "-rfc",
        "-alias",
        "ca",
        "-keystore",
        "ca.p12",
        "-ext",
        "san=dns:localhost",
        "-infile",
        "server.csr",
        "-validity",
        "3650",
    ];
    keytool(&sign, "", "server.pem");
    keytool(&["-exportcert", "-rfc", "-alias", "ca", "-keystore", "ca.p12"], "", "ca.pem");
    keytool(&["-importcert", "-alias", "ca", "-keystore", "server.p12"], "ca.pem", "");
    keytool(&["-importcert", "-alias", "server", "-keystore", "server.p12"], "server.pem", "");
}

#[test]
fn only_a_server_that_is_vouched_for_gets_mails() {
    let dir = tempfile::tempdir().unwrap();
    certificates(dir.path());
    let (server, to) = (Server::with_keystore(&dir.path().join("server.p12")), address("tls"));
    let stand = Stand::new(server.ports, "", &[low_balance("SE-1", 1)]);
    let check = |host: &str, port: u16, tls: &str, code: i32, expect: &str| {
        let text = format!(
            "give_up_after = \"1s\"\n[[notify.route]]\nto = [\"{to}\"]\n[notify.smtp]\nhost = \"{host}\"\nport = {port}\n{tls}\ntimeout = \"5s\"\n"
        );
        stand.write_settings(&text);
        let said = stand.run(&[]);
        assert!(said.code == Some(code) && said.stderr.contains(expect), "{tls}: {:?} {}", said.code, said.stderr);
    };
    let trusting = format!("tls = \"tls\"\nca = \"{}\"", path(&dir.path().join("ca.pem")));
    check("localhost", server.ports.smtps, "tls = \"tls\"", 1, "UnknownIssuer");
    check("127.0.0.1", server.ports.smtps, &trusting, 1, "certificate");
    check("localhost", server.ports.smtp, "tls = \"starttls\"", 1, "STARTTLS is not supported on this server");
    check("localhost", server.ports.smtps, &trusting.replace("ca.pem", "server.csr"), 2, "server.csr");
    assert!(server.mails(&to).is_empty());
    check("localhost", server.ports.smtps, &trusting, 0, "1 mail sent");
    assert_eq!(server.mails(&to).len(), 1);
}
